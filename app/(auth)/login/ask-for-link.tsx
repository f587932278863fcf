"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";
import { EnterCode } from "./enter-code";

/** First the e-mail address; then the code out of the mail, for whom the link opens in another browser. */
export function AskForLink({ to }: { to: string }) {
  const trpc = useTRPC();
  const [email, setEmail] = useState("");
  const request = useMutation(trpc.signIn.request.mutationOptions());
  if (request.data) {
    return <EnterCode email={email} to={to} onAgain={() => request.reset()} />;
  }
  return (
    <form
      className="stack sign-in-form"
      onSubmit={(event) => {
        event.preventDefault();
        request.mutate({ email, callback: to });
      }}
    >
      <div className="field">
        <label htmlFor="email">Work e-mail</label>
        <input
          id="email"
          className="input"
          type="email"
          name="email"
          autoComplete="email"
          required
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          dir="auto"
        />
      </div>
      {request.error ? (
        <Note tone="bad" role="alert">
          <p>{failureText(request.error)}</p>
        </Note>
      ) : null}
      <Button type="submit" kind="go" aria-disabled={request.isPending}>
        {request.isPending ? "Sending…" : "Send me a sign-in link"}
      </Button>
    </form>
  );
}
