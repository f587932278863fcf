"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { Dialog } from "@/app/_components/dialog";
import { failureText } from "@/app/_components/failure";
import { InWords } from "@/app/_components/in-words";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";

/** Sends the step of bringing the files to somebody who need not be a member. */
export function HandOffDialog({ institution, feed }: { institution: string; feed: { id: number; label: string } }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [email, setEmail] = useState("");
  const [note, setNote] = useState("");
  const create = useMutation(
    trpc.handOffs.create.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        router.refresh();
      },
    }),
  );
  const formId = "hand-off-form";
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        Send this step to a colleague…
      </Button>
      <p className="xs muted">
        <InWords of="They can send the files. They cannot see students." />
      </p>
      {create.isSuccess ? (
        <p className="small" role="status">
          A link is on its way to <bdi>{create.variables.email}</bdi>.
        </p>
      ) : null}
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        environment="preview"
        title={`Ask a colleague for the ${feed.label} files`}
        footer={
          <>
            <Button data-first onClick={() => setOpen(false)}>
              Go back
            </Button>
            <Button type="submit" form={formId} kind="go" aria-disabled={create.isPending}>
              {create.isPending ? "Sending…" : "Send the link"}
            </Button>
          </>
        }
      >
        <form
          id={formId}
          className="stack dialog-part"
          onSubmit={(event) => {
            event.preventDefault();
            if (!create.isPending) create.mutate({ institution, feed: feed.id, email, note });
          }}
        >
          <div className="field">
            <label htmlFor="hand-off-email">Their work e-mail</label>
            <input
              id="hand-off-email"
              className="input"
              type="email"
              autoComplete="off"
              required
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
          </div>
          <div className="field">
            <label htmlFor="hand-off-note">What should they know? (may stay empty)</label>
            <textarea
              id="hand-off-note"
              className="input"
              maxLength={500}
              value={note}
              onChange={(event) => setNote(event.currentTarget.value)}
              dir="auto"
            />
          </div>
          <p className="small soft">
            <InWords of="They get a link that works for seven days, for this step alone: it takes the files, and shows no student, no teacher and no other page. You can end it at any time." />
          </p>
          {create.error ? (
            <Note tone="bad" role="alert">
              <p>{failureText(create.error)}</p>
            </Note>
          ) : null}
        </form>
      </Dialog>
    </>
  );
}
