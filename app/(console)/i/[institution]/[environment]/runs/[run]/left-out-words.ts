import { counted } from "@/app/_components/counting";
import { sumOf } from "@/app/_components/sums";
import { ACTION_WORDS } from "@/app/_components/words";
import { ACTIONS, type Action } from "@/server/roster/change";

interface LeftOut {
  off: Readonly<Record<Action, number>>;
}

/** What stays out, in one sentence: "Left out: 9 archives, 1 add. All 10 are offered again next run." */
export function leftOutWords({ off }: LeftOut): string {
  const n = sumOf(off);
  if (n === 0) return "Nothing is left out.";
  const parts = ACTIONS.filter((action) => off[action] > 0).map((action) =>
    counted(off[action], ACTION_WORDS[action].verb, `${ACTION_WORDS[action].verb}s`),
  );
  return `Left out: ${parts.join(", ")}. ${n === 1 ? "It is" : `All ${n} are`} offered again next run.`;
}
