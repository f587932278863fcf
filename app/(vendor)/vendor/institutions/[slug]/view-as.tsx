"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { Dialog } from "@/app/_components/dialog";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";

const REASON_LENGTH_MIN = 10;

/** Opens the institution as its people see it, once there is a reason that they will read. */
export function ViewAs({ institution }: { institution: { slug: string; name: string } }) {
  const trpc = useTRPC();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const start = useMutation(
    trpc.vendor.view.start.mutationOptions({ onSuccess: ({ slug }) => window.location.assign(`/i/${slug}/preview`) }),
  );
  const isShort = reason.trim().length < REASON_LENGTH_MIN;
  return (
    <>
      <Button onClick={() => setOpen(true)}>View as institution…</Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        environment={null}
        title={`View ${institution.name} as its people see it?`}
        footer={
          <>
            <Button data-first onClick={() => setOpen(false)}>
              Go back
            </Button>
            <Button
              kind="go"
              aria-disabled={isShort || start.isPending || start.isSuccess}
              onClick={() => start.mutate({ institution: institution.slug, reason: reason.trim() })}
            >
              View for 30 minutes
            </Button>
          </>
        }
      >
        <p className="small dialog-part">
          You see what a viewer there sees, the roster too, and can change nothing. Its people are told: who looked, when, why, and whether
          the roster was shown.
        </p>
        <div className="field dialog-part">
          <label htmlFor="view-reason">Reason</label>
          <input
            id="view-reason"
            className="input"
            maxLength={500}
            required
            aria-describedby="view-reason-hint"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <span id="view-reason-hint" className="hint">
            At least {REASON_LENGTH_MIN} letters, for the institution's people to read.
          </span>
        </div>
        {start.error ? (
          <Note tone="bad" role="alert">
            <p>{failureText(start.error)}</p>
          </Note>
        ) : null}
      </Dialog>
    </>
  );
}
