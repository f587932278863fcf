import { ENTITIES, type Entity } from "@/server/roster/entities";
import type { Selection } from "@/server/services/runs/selection";
import { counted, countedActions, countedRecords } from "@/server/services/runs/words";
import type { ChoiceScope } from "./scope";

interface Act {
  readonly scope: ChoiceScope;
  readonly on: boolean;
  /** Changes that the act itself turned. */
  readonly changed: number;
  readonly was: Selection;
  readonly is: Selection;
}

/** Says what an act did, scope first: "All 1,204 archives in this filter are left out." and what follows from it. */
export function statementOf(act: Act): string {
  if (act.changed === 0) return act.on ? "Nothing more can be selected here." : "Everything here is left out already.";
  const what =
    act.scope.kind === "filter" && act.scope.action !== undefined
      ? countedActions(act.changed, act.scope.action)
      : counted(act.changed, ["change", "changes"]);
  const verb = act.on ? "selected again" : "left out";
  const are = act.changed === 1 ? "is" : "are";
  return [`${subject(act, what)} ${are} ${verb}.`, consequence(act)].filter((sentence) => sentence !== "").join(" ");
}

function subject(act: Act, what: string): string {
  switch (act.scope.kind) {
    case "all":
      return act.changed === 1 ? `The only change` : `All ${what} of this plan`;
    case "filter":
      return act.changed === 1 ? `${what} in this filter` : `All ${what} in this filter`;
    case "rows":
      return what;
    default:
      return act.scope satisfies never;
  }
}

/** What waits because of it, or comes along again. */
function consequence(act: Act): string {
  const by = (sign: 1 | -1): string[] =>
    ENTITIES.flatMap((entity: Entity) => {
      const more = sign * (act.is.follows[entity] - act.was.follows[entity]);
      return more > 0 ? [countedRecords(more, entity)] : [];
    });
  const waiting = by(1);
  const returning = by(-1);
  if (waiting.length > 0) return `${list(waiting)} wait with ${act.changed === 1 ? "it" : "them"}.`;
  if (returning.length > 0) return `${list(returning)} come along.`;
  return "";
}

const list = (words: readonly string[]): string => new Intl.ListFormat("en", { type: "conjunction" }).format(words);
