import { Op } from "@/app/_components/op";
import type { CodeHelp } from "@/server/roster/codes/code";

type Severity = CodeHelp["severity"];

export const SEVERITY_WORDS: Readonly<Record<Severity, { title: string; sentence: string }>> = {
  refusal: { title: "Refused", sentence: "The whole delivery is refused: nothing is read and nothing changes." },
  error: { title: "Error", sentence: "The row is left out. It still counts as present, so nobody is archived because of it." },
  warning: { title: "Warning", sentence: "The row is read; a value was repaired or emptied, or something is worth a look." },
};

/** The weight of a finding, as a mark and a word. */
export function Severity({ of }: { of: Severity }) {
  return <Op kind={of === "warning" ? "warning" : "bad"}>{SEVERITY_WORDS[of].title}</Op>;
}
