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
  const by = (sign: 1 | -1) =>
    ENTITIES.map((entity) => ({ entity, more: sign * (act.is.follows[entity] - act.was.follows[entity]) })).filter(({ more }) => more > 0);
  const said = (moved: readonly { entity: Entity; more: number }[], one: string, many: string) => {
    const total = moved.reduce((sum, { more }) => sum + more, 0);
    return `${list(moved.map(({ entity, more }) => countedRecords(more, entity)))} ${total === 1 ? one : many}`;
  };
  const it = act.changed === 1 ? "it" : "them";
  const waiting = by(1);
  if (waiting.length > 0) return `${said(waiting, "waits", "wait")} with ${it}.`;
  const returning = by(-1);
  return returning.length > 0 ? `${said(returning, "comes", "come")} along.` : "";
}

const list = (words: readonly string[]): string => new Intl.ListFormat("en", { type: "conjunction" }).format(words);
