import { CommitBar } from "@/app/_components/commit-bar";
import { count, counted } from "@/app/_components/counting";
import { useLabelWords } from "@/app/_components/label-words";
import { Op } from "@/app/_components/op";
import { ENTITY_WORDS } from "@/app/_components/words";
import { ENTITIES } from "@/server/roster/entities";
import { inWords } from "@/server/roster/labels";
import { CommitPanel, type Selection } from "../commit-panel";
import { commitWords, leftOutWords } from "../left-out-words";
import type { ActionListProps } from "./action-list";

/** The bar below the list: what would be committed now, by action, and what the boxes that are off imply. */
export function ActionsCommitBar({ here, run, selection }: Pick<ActionListProps, "here" | "run"> & { selection: Selection }) {
  const words = useLabelWords();
  if (run.state !== "ready" && run.state !== "held") return null;
  return (
    <CommitBar
      environment={here.place.environment}
      says={
        <>
          <b>
            {run.state === "held" && !run.next.canCommit ? "Nothing will be written while this run is held:" : `${commitWords(selection)}:`}
          </b>{" "}
          <span className="ops inl">
            {(["add", "edit", "archive", "reactivate", "rekey"] as const).map((action) => (
              <Op key={action} kind={action}>
                {count(selection.on[action])}
              </Op>
            ))}
          </span>
        </>
      }
      sub={inWords(`${leftOutWords(selection)} ${followWords(selection)}`, words)}
    >
      {run.mayCommit ? (
        <CommitPanel place={here.place} institutionName={here.institutionName} number={run.number} selection={selection} next={run.next} />
      ) : null}
    </CommitBar>
  );
}

/** "28 enrollments wait because something they need is left out." */
function followWords(selection: Selection): string {
  const parts = ENTITIES.flatMap((entity) => {
    const n = selection.follows[entity];
    return n > 0 ? [counted(n, ENTITY_WORDS[entity].one, ENTITY_WORDS[entity].many)] : [];
  });
  return parts.length === 0 ? "" : `Of these, ${parts.join(" and ")} cannot stand without one that is left out.`;
}
