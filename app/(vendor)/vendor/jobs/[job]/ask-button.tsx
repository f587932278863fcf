"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { Dialog } from "@/app/_components/dialog";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";
import { hrefWith } from "../address";
import { functionWord } from "../job-words";

const REASON_LENGTH_MIN = 3;

const WORDS = {
  retry: {
    button: "Run again…",
    act: "Run again",
    title: "Run this function again from its beginning?",
    text: "A new run is made of the same event. What the failed one did stays; every step of ours may be done twice without harm.",
    done: "It was asked to run again; the new run stands first among the",
  },
  cancel: {
    button: "Cancel this run…",
    act: "Cancel the run",
    title: "Cancel this run?",
    text: "No further step begins. A step at work goes to its end, but its result counts no more.",
    done: "It was asked to stop; where it stands is among the",
  },
} as const;

interface AskButtonProps {
  verb: keyof typeof WORDS;
  job: { id: string; fnId: string; institution: { name: string } | null };
}

/** Asks for a run to be done again or stopped, with the reason that is kept. */
export function AskButton({ verb, job }: AskButtonProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const words = WORDS[verb];
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const done = {
    onSuccess: async () => {
      setOpen(false);
      await cache.invalidateQueries({ queryKey: trpc.vendor.jobs.pathKey() });
    },
  };
  const retry = useMutation(trpc.vendor.jobs.retry.mutationOptions(done));
  const cancel = useMutation(trpc.vendor.jobs.cancel.mutationOptions(done));
  const ask = verb === "retry" ? retry : cancel;
  const isShort = reason.trim().length < REASON_LENGTH_MIN;
  return (
    <>
      <Button kind={verb === "cancel" ? "danger" : "plain"} aria-disabled={ask.isSuccess} onClick={() => setOpen(true)}>
        {words.button}
      </Button>
      {ask.isSuccess ? (
        <span role="status">
          {words.done}{" "}
          <Link prefetch={false} href={hrefWith({}, { fn: job.fnId })}>
            runs of {functionWord(job.fnId)}
          </Link>
          .
        </span>
      ) : null}
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        environment={null}
        title={words.title}
        footer={
          <>
            <Button data-first onClick={() => setOpen(false)}>
              Go back
            </Button>
            <Button
              kind={verb === "cancel" ? "danger" : "go"}
              aria-disabled={isShort || ask.isPending}
              onClick={() => ask.mutate({ id: job.id, reason: reason.trim() })}
            >
              {words.act}
            </Button>
          </>
        }
      >
        <p className="small dialog-part">{words.text}</p>
        <div className="field dialog-part">
          <label htmlFor="job-reason">Reason</label>
          <input
            id="job-reason"
            className="input"
            maxLength={500}
            required
            aria-describedby="job-reason-hint"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <span id="job-reason-hint" className="hint">
            Kept with the run{job.institution ? `; that you acted is written to the audit of ${job.institution.name}` : ""}.
          </span>
        </div>
        {ask.error ? (
          <Note tone="bad" role="alert">
            <p>{failureText(ask.error)}</p>
          </Note>
        ) : null}
      </Dialog>
    </>
  );
}
