import { count, counted } from "@/app/_components/counting";
import { sumOf } from "@/app/_components/sums";
import { ACTION_WORDS } from "@/app/_components/words";
import { ACTIONS, type Action } from "@/server/roster/change";

interface LeftOut {
  off: Readonly<Record<Action, number>>;
}

interface Chosen extends LeftOut {
  on: Readonly<Record<Action, number>>;
  offCauses: Readonly<Record<"person" | "before", number>>;
}

/** What the commit would do: "1,204 changes will be committed", or that it only keeps refusals. */
export function commitWords({ on, offCauses }: Chosen): string {
  const n = sumOf(on);
  const refusals = offCauses.person + offCauses.before;
  return n === 0 && refusals > 0
    ? `Nothing will be committed, ${counted(refusals, "refusal")} will be kept`
    : `${counted(n, "change")} will be committed`;
}

/** What stays out, in one sentence: "Left out: 9 archives, 1 add. All 10 are offered again next run." */
export function leftOutWords({ off }: LeftOut): string {
  const n = sumOf(off);
  if (n === 0) return "Nothing is left out.";
  const parts = ACTIONS.filter((action) => off[action] > 0).map((action) =>
    counted(off[action], ACTION_WORDS[action].verb, `${ACTION_WORDS[action].verb}s`),
  );
  return `Left out: ${parts.join(", ")}. ${n === 1 ? "It is" : `All ${count(n)} are`} offered again next run.`;
}
