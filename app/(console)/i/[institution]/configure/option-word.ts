import { count } from "@/app/_components/counting";
import type { OptionType, OptionValue } from "@/server/roster/options";

/** A value as people say it. */
export function optionWord(type: OptionType | undefined, value: OptionValue): string {
  if (type === undefined) return String(value);
  switch (type.kind) {
    case "choice":
      return type.choices.find((choice) => choice.value === value)?.label ?? String(value);
    case "number":
      return `${count(Number(value))} ${type.unit}`;
    case "switch":
      return value === true ? "on" : "off";
    default:
      return type satisfies never;
  }
}
