"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";

/** Sends a new invitation to the address of the expired one. */
export function SendNewInvitation({ token, email }: { token: string; email: string }) {
  const trpc = useTRPC();
  const renew = useMutation(trpc.invitations.renew.mutationOptions());
  if (renew.data) {
    return (
      <div className="sign-in-form">
        <Note tone={renew.data.isSent ? "ok" : "info"} role="status">
          <p>
            {renew.data.isSent ? `A new invitation is on its way to ${email}.` : "A new one was sent before; look for the newest mail."}
          </p>
        </Note>
      </div>
    );
  }
  return (
    <div className="stack sign-in-form">
      {renew.error ? (
        <Note tone="bad" role="alert">
          <p>{failureText(renew.error)}</p>
        </Note>
      ) : null}
      <p>
        <Button kind="go" aria-disabled={renew.isPending} onClick={() => renew.mutate({ token })}>
          {renew.isPending ? "Sending…" : "Send a new one"}
        </Button>
      </p>
    </div>
  );
}
