import Link from "next/link";
import { Note } from "@/app/_components/note";
import type { Outputs } from "@/app/_trpc/outputs";
import type { Console } from "../../_console";
import { UndoButton } from "./undo-button";

/** What a report says of undoing: that it is one, that it was undone, or the way to it. */
export function UndoPart({ here, run }: { here: Console; run: Outputs["runs"]["get"] }) {
  const { base, place, institution, can } = here;
  if (run.undoOf !== null) {
    return (
      <Note tone="info">
        <p>
          <b>
            This turns <Link href={`${base}/runs/${run.undoOf}`}>run {run.undoOf}</Link> back.
          </b>{" "}
          Added records are archived, edited ones get their old values, archived ones return.{" "}
          {run.undoReason ? (
            <>
              Reason: <bdi>{run.undoReason}</bdi>
            </>
          ) : null}
        </p>
      </Note>
    );
  }
  if (run.state !== "committed") return null;
  if (run.undoneBy !== null) {
    return (
      <Note tone={run.undoneBy.state === "committed" ? "warning" : "info"}>
        <p>
          {run.undoneBy.state === "committed" ? "This commit was undone by " : "An undo of this commit is under way: "}
          <Link href={`${base}/runs/${run.undoneBy.run}`}>run {run.undoneBy.run}</Link>.
        </p>
      </Note>
    );
  }
  if (!can("run:commit")) return null;
  if (!run.isUndoable) return <p className="small soft">What this commit replaced is not kept any more, so it cannot be undone.</p>;
  return (
    <div className="row wrap undo-part">
      <UndoButton place={place} institutionName={institution.name} number={run.number} />
      <span className="small soft">
        {run.commitSeq === run.headSeq
          ? "This is the last commit."
          : `Later commits changed this roster too; what they changed stays as it is.`}
      </span>
    </div>
  );
}
