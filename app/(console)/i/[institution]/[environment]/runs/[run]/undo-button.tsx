"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { Dialog } from "@/app/_components/dialog";
import { environmentWord } from "@/app/_components/env";
import { failureDetail, failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";
import type { EnvironmentName } from "@/server/roster/run";

interface UndoButtonProps {
  place: { institution: string; environment: EnvironmentName };
  institutionName: string;
  number: number;
  word?: string;
}

/** Asks for the undo of a committed run, after saying what that means; the plan of inverses is reviewed on a page of its own. */
export function UndoButton({ place, institutionName, number, word = "Undo this commit…" }: UndoButtonProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const undo = useMutation(
    trpc.runs.undo.mutationOptions({
      onSuccess: ({ number: made }) => router.push(`/i/${place.institution}/${place.environment}/runs/${made}`),
    }),
  );
  const where = environmentWord(place.environment);
  const isProduction = place.environment === "production";
  const waiting = failureDetail(undo.error, "waiting");
  const mayAsk = !undo.isPending && !undo.isSuccess && (!isProduction || reason.trim().length >= 3);
  const ask = (setAside: boolean) => mayAsk && undo.mutate({ ...place, run: number, reason: reason.trim() || undefined, setAside });
  return (
    <>
      <Button onClick={() => setOpen(true)}>{word}</Button>
      <Dialog
        open={open}
        onClose={() => {
          setOpen(false);
          undo.reset();
        }}
        environment={place.environment}
        title={
          <>
            Undo run {number} in {where} of <bdi>{institutionName}</bdi>?
          </>
        }
        footer={
          <>
            <Button data-first onClick={() => setOpen(false)}>
              Go back
            </Button>
            <Button
              kind={isProduction ? "danger" : "go"}
              aria-disabled={!mayAsk}
              aria-describedby={mayAsk ? undefined : "undo-reason-hint"}
              onClick={() => ask(waiting !== null)}
            >
              {waiting === null ? "Prepare the undo" : "Set it aside and prepare the undo"}
            </Button>
          </>
        }
      >
        <ul className="small stack consequences">
          <li>
            <b>This prepares a plan; nothing is written yet.</b> What was added is archived, what was edited gets its old values, what was
            archived returns. You review it and commit it like any other.
          </li>
          <li>What has changed again since is listed and left as it is.</li>
          <li>When the files bring the same changes again, they are off, and say who undid them.</li>
          {isProduction ? <li>Automatic runs pause in Production from now on, until somebody lets them go on.</li> : null}
        </ul>
        <div className="field dialog-part">
          <label htmlFor="undo-reason">{isProduction ? "Reason" : "Reason (may stay empty)"}</label>
          <input
            id="undo-reason"
            className="input"
            maxLength={500}
            value={reason}
            required={isProduction}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {isProduction ? (
            <span className="hint" id="undo-reason-hint">
              Production asks for one; it stands in the report.
            </span>
          ) : null}
        </div>
        {undo.error ? (
          <Note tone={waiting === null ? "bad" : "warning"} role="alert">
            <p>{failureText(undo.error)}</p>
          </Note>
        ) : null}
      </Dialog>
    </>
  );
}
