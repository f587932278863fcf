"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "@/app/_components/button";
import { lasting, second, zoneName } from "@/app/_components/clock";
import { environmentWord } from "@/app/_components/env";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { type EnvironmentName, type RunKind, type RunState, WORKING_STATES } from "@/server/roster/run";
import { Phases, PhaseTable } from "./phases";

interface LiveRunProps {
  here: { place: { institution: string; environment: EnvironmentName }; zone: string; canCancel: boolean };
  run: { number: number; state: RunState; kind: RunKind; isFirst: boolean; createdAt: Date; by: string; feed: string };
  email: string;
  /** How far it was when the page was made. */
  initial: Outputs["runs"]["progress"];
}

/** A run at work: what each phase has counted, when it was last heard of, and the way to stop it. */
export function LiveRun({ here, run, email, initial }: LiveRunProps) {
  const { place, zone, canCancel } = here;
  const trpc = useTRPC();
  const router = useRouter();
  const { data: progress, error } = useQuery(
    trpc.runs.progress.queryOptions({ ...place, run: run.number }, { initialData: initial, refetchInterval: 1_000, gcTime: 0 }),
  );
  const cancel = useMutation(trpc.runs.cancel.mutationOptions());
  const now = useNow();
  const state = progress.state;
  const isOver = !WORKING_STATES.some((working) => working === state);
  useEffect(() => {
    if (isOver || state !== run.state) router.refresh();
  }, [isOver, state, run.state, router]);

  const heardMs = progress.ageMs;
  const isStalled = heardMs > 60_000;
  return (
    <>
      <p className="lede">
        {run.isFirst ? "First sync, so Full: there is no earlier commit to compare with. " : ""}
        {state === "committing"
          ? "Committing happens all at once: readers see the old roster until the new one is complete."
          : `Nothing is written to ${environmentWord(place.environment)} until it is committed. You may close this page; we will e-mail ${email} when the plan is ready.`}
      </p>
      <div className="row wrap live" role="status">
        <div>
          <span className="sub">Started</span>
          {second(run.createdAt, zone)} {zoneName(run.createdAt, zone)} by {run.by}
        </div>
        <div>
          <span className="sub">Running for</span>
          <span className="num">{now === null ? "–" : lasting(now - run.createdAt.getTime())}</span>
        </div>
        <div>
          <span className="sub">Last heard</span>
          {state === "queued" ? "not yet" : `${lasting(heardMs)} ago`}
        </div>
        {canCancel && state !== "committing" ? (
          <Button
            className="push"
            aria-disabled={cancel.isPending || progress.cancelRequested}
            onClick={() => cancel.mutate({ ...place, run: run.number })}
          >
            {progress.cancelRequested || cancel.isPending ? "Stopping…" : "Cancel run"}
          </Button>
        ) : null}
      </div>
      {state === "committing" ? null : (
        <p className="xs muted live-hint">
          {progress.cancelRequested
            ? "It stops after the rows in hand. Nothing has been changed, so there is nothing to undo."
            : "Cancel stops after the rows in hand. Nothing has been changed, so there is nothing to undo."}
        </p>
      )}
      {isStalled ? (
        <Note tone="warning" role="status">
          <p>
            {state === "queued" ? (
              <>
                <b>No worker has taken this run up for {lasting(heardMs)}.</b> It starts by itself as soon as one is free; if it stays, tell
                your help contact.
              </>
            ) : (
              <>
                <b>This run has been silent for {lasting(heardMs)}.</b> Another worker takes it over by itself and goes on where it stopped;
                what was read is kept.
              </>
            )}
          </p>
        </Note>
      ) : null}
      {(cancel.error ?? error) ? (
        <Note tone="bad" role="alert">
          <p>{failureText(cancel.error ?? error)}</p>
        </Note>
      ) : null}
      <Phases state={state} phases={progress.phases} />
      <PhaseTable state={state} phases={progress.phases} />
    </>
  );
}

/** The clock of the reader's browser, ticking; null until it runs, so that server and browser agree at first. */
function useNow(): number | null {
  const [now, setNow] = useState<number | null>(null);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
