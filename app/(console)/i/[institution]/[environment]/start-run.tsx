"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { Dialog } from "@/app/_components/dialog";
import { environmentWord } from "@/app/_components/env";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";
import type { EnvironmentName } from "@/server/roster/run";
import { StartOptions, usualChoice } from "./start-options";
import type { StartScope } from "./start-scope";

interface StartRunProps {
  place: { institution: string; environment: EnvironmentName };
  feeds: readonly { id: number; name: string }[];
  isFirst: boolean;
  scope: StartScope;
  /** A plan waits now and would be replaced. */
  replaces: number | null;
}

/** Starts a run on the newest delivery of a feed. */
export function StartRun({ place, feeds, isFirst, scope, replaces }: StartRunProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [choice, setChoice] = useState(() => usualChoice(isFirst));
  const [feed, setFeed] = useState(feeds[0]?.id);
  const start = useMutation(
    trpc.runs.start.mutationOptions({
      onSuccess: ({ number }) => router.push(`/i/${place.institution}/${place.environment}/runs/${number}`),
    }),
  );
  if (feed === undefined) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>Sync now…</Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        environment={place.environment}
        title={`Prepare a plan for ${environmentWord(place.environment)}`}
        footer={
          <>
            <Button data-first onClick={() => setOpen(false)}>
              Go back
            </Button>
            <Button
              kind="go"
              aria-disabled={start.isPending || start.isSuccess}
              onClick={() =>
                start.mutate({
                  ...place,
                  feed,
                  kind: choice.kind,
                  autoCommit: choice.autoCommit,
                  schools: choice.schools ? [...choice.schools] : undefined,
                })
              }
            >
              {choice.autoCommit ? "Prepare and commit" : "Prepare a plan"}
            </Button>
          </>
        }
      >
        {feeds.length > 1 ? (
          <div className="field dialog-part">
            <label htmlFor="start-feed">Feed</label>
            <select id="start-feed" className="input" value={feed} onChange={(event) => setFeed(Number(event.currentTarget.value))}>
              {feeds.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </select>
          </div>
        ) : null}
        <StartOptions environment={place.environment} isFirst={isFirst} scope={scope} choice={choice} onChange={setChoice} />
        <p className="small soft dialog-part">
          The newest files that arrived are read again. Preparing writes nothing that anyone reads.
          {replaces === null ? "" : ` The plan of run ${replaces}, which waits now, is replaced; choices made in it are kept.`}
        </p>
        {start.error ? (
          <Note tone="bad" role="alert">
            <p>{failureText(start.error)}</p>
          </Note>
        ) : null}
      </Dialog>
    </>
  );
}
