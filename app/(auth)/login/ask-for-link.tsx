"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";
import { EnterCode } from "./enter-code";

/** First the e-mail address; then the code out of the mail, for whom the link opens in another browser. */
export function AskForLink({ to }: { to: string }) {
  const trpc = useTRPC();
  const request = useMutation(trpc.signIn.request.mutationOptions());
  if (request.data) {
    return <EnterCode email={request.variables.email} to={to} onAgain={() => request.reset()} />;
  }
  return (
    <form
      className="stack sign-in-form"
      onSubmit={(event) => {
        event.preventDefault();
        // Read from the field itself: what was typed, or filled in by the browser, before this code was there counts as well.
        request.mutate({ email: String(new FormData(event.currentTarget).get("email")), callback: to });
      }}
    >
      <div className="field">
        <label htmlFor="email">Work e-mail</label>
        <input id="email" className="input" type="email" name="email" autoComplete="email" required dir="auto" />
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
