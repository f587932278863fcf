import { useLabelWords } from "@/app/_components/label-words";
import { inWords } from "@/server/roster/labels";

/** Why a change is off, in the institution's words; the name of what it waits for stays as it is. */
export function LeftOutCause({ text }: { text: string }) {
  const words = useLabelWords();
  const [, before, name] = /^(waits for the (?:class|school or organization) )(.*)$/s.exec(text) ?? [];
  if (before !== undefined) return `${inWords(before, words)}${name}`;
  return text.startsWith("still named") ? inWords(text, words) : text;
}
