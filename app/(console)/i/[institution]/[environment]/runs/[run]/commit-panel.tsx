"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { count, counted } from "@/app/_components/counting";
import { Dialog } from "@/app/_components/dialog";
import { Env, environmentWord } from "@/app/_components/env";
import { failureCode, failureDetail, failureText } from "@/app/_components/failure";
import { InWords } from "@/app/_components/in-words";
import { Note } from "@/app/_components/note";
import { OpCount } from "@/app/_components/op";
import { sumOf } from "@/app/_components/sums";
import { ACTION_WORDS, ENTITY_WORDS } from "@/app/_components/words";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { ACTIONS } from "@/server/roster/change";
import { ENTITIES } from "@/server/roster/entities";
import type { EnvironmentName } from "@/server/roster/run";

export type Selection = Outputs["runs"]["get"]["selection"];

interface CommitPanelProps {
  place: { institution: string; environment: EnvironmentName };
  institutionName: string;
  number: number;
  selection: Selection;
  next: { canCommit: boolean; whyNot: string | null };
  look?: "go" | "plain";
}

/** The button that commits, and the question before it. It carries the version of the selection that the reader saw. */
export function CommitPanel({ place, institutionName, number, selection, next, look = "go" }: CommitPanelProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const commit = useMutation(
    trpc.runs.commit.mutationOptions({
      // Whose press came second is told so before the report.
      onSuccess: ({ alreadyBy }) => {
        if (alreadyBy === undefined) toReport();
      },
    }),
  );
  const toReport = () => {
    setOpen(false);
    router.push(`/i/${place.institution}/${place.environment}/runs/${number}`);
    router.refresh();
  };
  const n = sumOf(selection.on);
  const off = sumOf(selection.off);
  const refusals = selection.offCauses.person + selection.offCauses.before;
  const where = environmentWord(place.environment);
  // A plan of which everything is refused still has something to keep: whose word it was, and against what.
  const isRefused = n === 0 && refusals > 0;
  // The vendor is asked about this Preview: committing ends that, and takes a word.
  const word = failureDetail(commit.error, "type");
  const isShut = commit.isPending || commit.isSuccess || (word !== null && typed.trim() !== word);
  const does = isRefused ? `Keep ${counted(refusals, "refusal")}, commit nothing` : null;
  return (
    <>
      <Button
        kind={look}
        aria-disabled={!next.canCommit}
        aria-describedby={next.canCommit ? undefined : "why-not"}
        onClick={() => setOpen(true)}
      >
        {does === null ? (
          <>
            Commit {count(n)} to <Env name={place.environment} more="…" />
          </>
        ) : (
          `${does}…`
        )}
      </Button>
      {next.canCommit ? null : (
        <span className="vh" id="why-not">
          {next.whyNot}
        </span>
      )}
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        environment={place.environment}
        title={
          isRefused
            ? `Keep ${counted(refusals, "refusal")} and change nothing?`
            : `Commit ${counted(n, "change")} to ${where} of ${institutionName}?`
        }
        footer={
          <>
            <Button data-first onClick={() => setOpen(false)}>
              Go back
            </Button>
            <Button
              kind="go"
              aria-disabled={isShut}
              onClick={() =>
                commit.mutate({
                  ...place,
                  run: number,
                  selectionVersion: selection.version,
                  typed: word === null ? undefined : typed.trim(),
                })
              }
            >
              {commit.isPending
                ? "Committing…"
                : (does ?? (
                    <>
                      Commit {count(n)} to <Env name={place.environment} />
                    </>
                  ))}
            </Button>
          </>
        }
      >
        {isRefused ? null : <CommitTable selection={selection} />}
        <ul className="small stack consequences">
          {selection.on.archive > 0 ? (
            <li>
              <b>{counted(selection.on.archive, "record is", "records are")} archived, not erased.</b> They return by themselves if the feed
              brings them back.
            </li>
          ) : (
            <li>{isRefused ? `${where} of ${institutionName} stays exactly as it is.` : "Nobody is archived."}</li>
          )}
          {refusals > 0 && isRefused ? (
            <li>
              <b>Whoever comes next sees who refused {refusals === 1 ? "it" : "them"} and when.</b> A change that comes back identical stays
              off; a different one is new, and on.
            </li>
          ) : null}
          {off > 0 && !isRefused ? (
            <li>
              {counted(off, "change stays", "changes stay")} out and {off === 1 ? "is" : "are"} offered again next run.
            </li>
          ) : null}
          <li>
            <InWords
              of={
                place.environment === "preview"
                  ? "Production does not change. No e-mail goes to students or teachers."
                  : "Classrooms read this at once."
              }
            />
          </li>
        </ul>
        {word !== null ? (
          <Note tone="warning" role="alert">
            <p>{failureText(commit.error)}</p>
            <div className="field">
              <label htmlFor="supersede">
                Type <b>{word}</b> to commit all the same
              </label>
              <input
                id="supersede"
                className="input"
                autoComplete="off"
                value={typed}
                onChange={(event) => setTyped(event.currentTarget.value)}
              />
            </div>
          </Note>
        ) : commit.data?.alreadyBy !== undefined ? (
          <Note tone="info" role="status">
            <p>
              <b>
                Already committed by <bdi>{commit.data.alreadyBy}</bdi>.
              </b>{" "}
              Your press changed nothing.{" "}
              <Button kind="quiet" size="sm" onClick={toReport}>
                Show the report
              </Button>
            </p>
          </Note>
        ) : commit.error ? (
          <Note tone="bad" role="alert">
            <p>{failureText(commit.error)}</p>
            {failureCode(commit.error) === "STALE" ? (
              <Overtaken
                place={place}
                feed={failureDetail(commit.error, "feed")}
                onLook={() => {
                  commit.reset();
                  setOpen(false);
                  router.refresh();
                }}
              />
            ) : null}
          </Note>
        ) : null}
      </Dialog>
    </>
  );
}

/** The ways on from a plan that no longer stands: what stands now, and another plan of the feed's newest files. */
function Overtaken({ place, feed, onLook }: { place: CommitPanelProps["place"]; feed: string | null; onLook: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const start = useMutation(
    trpc.runs.start.mutationOptions({
      onSuccess: (made) => router.push(`/i/${place.institution}/${place.environment}/runs/${made.number}`),
    }),
  );
  return (
    <>
      {start.error ? <p>{failureText(start.error)}</p> : null}
      <p className="row wrap">
        <Button kind="quiet" size="sm" onClick={onLook}>
          Show what stands now
        </Button>
        {feed === null ? null : (
          <Button
            kind="quiet"
            size="sm"
            aria-disabled={start.isPending || start.isSuccess}
            onClick={() => start.mutate({ ...place, feed: Number(feed), kind: "full", autoCommit: false })}
          >
            Prepare the newest files again
          </Button>
        )}
      </p>
    </>
  );
}

/** What is on, by type and action. */
function CommitTable({ selection }: { selection: Selection }) {
  const rows = ENTITIES.flatMap((entity) => {
    const counts = selection.byEntity[entity];
    return counts && sumOf(counts) > 0 ? [{ entity, counts }] : [];
  });
  return (
    <div className="dialog-table" data-density="dense">
      <table className="ledger first small mid">
        <thead>
          <tr>
            <th scope="col">Type</th>
            {ACTIONS.map((action) => (
              <th key={action} scope="col" className="num">
                {ACTION_WORDS[action].title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ entity, counts }) => (
            <tr key={entity}>
              <th scope="row">
                <InWords of={ENTITY_WORDS[entity].title} />
              </th>
              {ACTIONS.map((action) => (
                <td key={action} className="num">
                  <OpCount action={action} n={counts[action]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
