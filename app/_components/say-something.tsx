"use client";

import { useId, useState } from "react";
import { Button } from "./button";
import { Note } from "./note";

interface SaySomethingProps {
  label: string;
  isSending: boolean;
  /** Grows by one with each comment that arrived, so that the field empties. */
  sent: number;
  failure: string | null;
  onSend: (text: string) => void;
}

/** A comment to the other side. */
export function SaySomething({ label, isSending, sent, failure, onSend }: SaySomethingProps) {
  return <CommentForm key={sent} label={label} isSending={isSending} failure={failure} onSend={onSend} />;
}

function CommentForm({ label, isSending, failure, onSend }: Omit<SaySomethingProps, "sent">) {
  const id = useId();
  const [text, setText] = useState("");
  const isEmpty = text.trim() === "";
  return (
    <form
      className="stack comment-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isEmpty && !isSending) onSend(text.trim());
      }}
    >
      <div className="field">
        <label htmlFor={id}>{label}</label>
        <textarea
          id={id}
          className="input"
          maxLength={2000}
          rows={2}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </div>
      {failure ? (
        <Note tone="bad" role="alert">
          <p>{failure}</p>
        </Note>
      ) : null}
      <p>
        <Button type="submit" size="sm" aria-disabled={isEmpty || isSending}>
          Send comment
        </Button>
      </p>
    </form>
  );
}
