"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { useTRPC } from "@/app/_trpc/provider";

/** Writes something down about an institution for one's colleagues. */
export function AddNote({ institution }: { institution: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [text, setText] = useState("");
  const add = useMutation(
    trpc.vendor.institutions.addNote.mutationOptions({
      onSuccess: () => {
        setText("");
        router.refresh();
      },
    }),
  );
  const isEmpty = text.trim() === "";
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isEmpty && !add.isPending) add.mutate({ institution, text: text.trim() });
      }}
    >
      <div className="field">
        <label htmlFor="new-note">A note for your colleagues</label>
        <textarea
          id="new-note"
          className="input"
          maxLength={4000}
          aria-describedby="new-note-hint"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <span id="new-note-hint" className="hint">
          The institution sees that a note was written, never what it says.
        </span>
      </div>
      {add.error ? (
        <p role="alert" className="err">
          {failureText(add.error)}
        </p>
      ) : null}
      <Button type="submit" size="sm" aria-disabled={isEmpty || add.isPending}>
        Keep this note
      </Button>
    </form>
  );
}
