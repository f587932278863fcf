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
  const discard = useMutation(
    trpc.runs.discard.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        router.refresh();
      },
    }),
  );
  return (
    <>
      <Button kind={look} className={look === "quiet" ? "push" : undefined} onClick={() => setOpen(true)}>
        Discard plan…
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
