"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "@/app/_components/button";
import { Dialog } from "@/app/_components/dialog";
import { environmentWord } from "@/app/_components/env";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";
import { type EnvironmentName, WAITING_STATES } from "@/server/roster/run";

interface DiscardProps {
  place: { institution: string; environment: EnvironmentName };
  number: number;
  look?: "quiet" | "plain";
}

/** Throws a plan away, after saying what that means. */
export function DiscardButton({ place, number, look = "quiet" }: DiscardProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [isLeaving, setLeaving] = useState(false);
  const discard = useMutation(
    trpc.runs.discard.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        setLeaving(true);
      },
    }),
  );
  // The worker removes the plan's rows a moment after the word was given; the page is made anew once it has.
  const { data: progress } = useQuery(
    trpc.runs.progress.queryOptions({ ...place, run: number }, { enabled: isLeaving, refetchInterval: 800, gcTime: 0 }),
  );
  const isGone = isLeaving && progress !== undefined && !WAITING_STATES.some((state) => state === progress.state);
  useEffect(() => {
    if (isGone) router.refresh();
  }, [isGone, router]);
  return (
    <>
      <Button kind={look} className={look === "quiet" ? "push" : undefined} aria-disabled={isLeaving} onClick={() => setOpen(true)}>
        {isLeaving ? "Discarding…" : "Discard plan…"}
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        environment={place.environment}
        title={`Discard the plan of run ${number}?`}
        footer={
          <>
            <Button data-first onClick={() => setOpen(false)}>
              Go back
            </Button>
            <Button
              kind="danger"
              aria-disabled={discard.isPending}
              onClick={() => discard.mutate({ ...place, run: number, reason: reason.trim() || undefined })}
            >
              Discard plan
            </Button>
          </>
        }
      >
        <p className="small dialog-part">
          Nothing was written to {environmentWord(place.environment)}, so nothing has to be undone. The report stays; to see these changes
          again, sync again.
        </p>
        <div className="field dialog-part">
          <label htmlFor="discard-reason">Reason, for your colleagues (may stay empty)</label>
          <input
            id="discard-reason"
            className="input"
            maxLength={200}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </div>
        {discard.error ? (
          <Note tone="bad" role="alert">
            <p>{failureText(discard.error)}</p>
          </Note>
        ) : null}
      </Dialog>
    </>
  );
}
