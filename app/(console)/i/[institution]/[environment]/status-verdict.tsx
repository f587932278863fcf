import Link from "next/link";
import { counted } from "@/app/_components/counting";
import { environmentWord } from "@/app/_components/env";
import { Verdict } from "@/app/_components/page-head";
import { sumOf } from "@/app/_components/sums";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import type { Console } from "./_console";

type RunRow = Outputs["runs"]["list"]["rows"][number];
type Report = Outputs["runs"]["get"];

interface StatusVerdictProps {
  here: Console;
  working: RunRow | null;
  waiting: Report | null;
  latest: RunRow | null;
  /** The run that was committed last. */
  committed: RunRow | null;
}

/** The one sentence that says how this environment stands, and the line that qualifies it. */
export function StatusVerdict(props: StatusVerdictProps) {
  return <Verdict lede={<LastCommit {...props} />}>{sentence(props)}</Verdict>;
}

function sentence({ here, working, waiting, latest, committed }: StatusVerdictProps): string {
  const where = environmentWord(here.place.environment);
  if (working) {
    if (working.state === "queued") return `Run ${working.number} waits to start; nothing is written until it is committed.`;
    if (working.state === "committing") return `Run ${working.number} is being committed to ${where}.`;
    return working.stalled
      ? `Run ${working.number} has not been heard of for a minute; it goes on by itself.`
      : `Run ${working.number} is being prepared; nothing is written until it is committed.`;
  }
  if (waiting?.state === "held") return `Run ${waiting.number} is held: somebody must decide before ${where} changes.`;
  if (waiting) {
    const n = sumOf(waiting.selection.on) + sumOf(waiting.selection.off);
    if (waiting.undoOf !== null)
      return `The undo of run ${waiting.undoOf} waits in ${where}: ${counted(n, "change is", "changes are")} ready to review.`;
    return n === 0
      ? `${where} already says what your files say: there is nothing to change.`
      : `${where} is one plan behind your SIS: ${counted(n, "change is", "changes are")} ready to review.`;
  }
  if (here.environment.headSeq === 0) {
    if (latest?.state === "failed") return `The last run failed, and ${where} is still empty.`;
    if (here.place.environment === "production") return "Production is empty until a promotion is approved.";
    return latest === null
      ? "Nothing has been synced yet: send your files to see what they would change."
      : "Nothing has been committed to Preview yet.";
  }
  if (latest?.state === "failed") return `The last run failed; ${where} still holds what was committed before.`;
  if (committed?.trigger === "undo") return `${where} was turned back by the last commit, an undo.`;
  return `${where} is up to date with the last files that were committed.`;
}

function LastCommit({ here, waiting, latest, committed }: StatusVerdictProps) {
  const { environment, zone, base } = here;
  return (
    <>
      {environment.committedAt ? (
        <>
          Last committed <When at={environment.committedAt} zone={zone} />
          {committed ? (
            <>
              {committed.decidedBy ? (
                <>
                  {" "}
                  by <bdi>{committed.decidedBy}</bdi>
                </>
              ) : null}
              , <Link href={`${base}/runs/${committed.number}`}>run {committed.number}</Link>
            </>
          ) : null}
          .
        </>
      ) : (
        "Nothing was ever committed here."
      )}{" "}
      {waiting?.state === "ready" ? "Nothing holds. " : ""}
      {latest?.state === "failed" && !waiting ? (
        <>
          {latest.reason} <Link href={`${base}/runs/${latest.number}`}>Why run {latest.number} failed, and what to do</Link>
        </>
      ) : null}
    </>
  );
}
