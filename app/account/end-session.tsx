"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { counted } from "@/app/_components/counting";
import { Dialog } from "@/app/_components/dialog";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";

/** Ends one session in another browser. Nothing is lost by it but a sign-in, so it asks nothing. */
export function EndSession({ id, browser }: { id: string; browser: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const revoke = useMutation(trpc.session.revoke.mutationOptions({ onSuccess: () => router.refresh() }));
  return (
    <>
      <Button
        size="sm"
        aria-label={`Sign out of ${browser}`}
        aria-disabled={!revoke.isIdle && !revoke.isError}
        onClick={() => revoke.mutate({ id })}
      >
        {revoke.isPending || revoke.isSuccess ? "Signing out…" : "Sign out"}
      </Button>
      {revoke.error ? (
        <span className="sub" role="alert">
          {failureText(revoke.error)}
        </span>
      ) : null}
    </>
  );
}

/** Ends every session after a question, then shows the sign-in page: this browser is signed out as well. */
export function EndEverySession({ n }: { n: number }) {
  const trpc = useTRPC();
  const [open, setOpen] = useState(false);
  const everywhere = useMutation(
    // The page is loaded anew, so that nothing of it stays in the browser's memory.
    trpc.session.signOutEverywhere.mutationOptions({ onSuccess: () => window.location.assign("/login") }),
  );
  return (
    <div className="section-go">
      <Button onClick={() => setOpen(true)}>Sign out everywhere…</Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        environment={null}
        title={`Sign out of ${counted(n, "browser")}?`}
        footer={
          <>
            <Button data-first onClick={() => setOpen(false)}>
              Go back
            </Button>
            <Button kind="go" aria-disabled={!everywhere.isIdle && !everywhere.isError} onClick={() => everywhere.mutate()}>
              {everywhere.isPending || everywhere.isSuccess ? "Signing out…" : "Sign out everywhere"}
            </Button>
          </>
        }
      >
        <p className="small dialog-part">This browser is signed out as well. You sign in again by a new mail; runs go on meanwhile.</p>
        {everywhere.error ? (
          <Note tone="bad" role="alert">
            <p>{failureText(everywhere.error)}</p>
          </Note>
        ) : null}
      </Dialog>
    </div>
  );
}
