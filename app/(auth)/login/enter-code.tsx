"use client";

import { signIn } from "next-auth/react";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { Note } from "@/app/_components/note";
import { signInFailure } from "./sign-in-failure";

interface EnterCodeProps {
  email: string;
  to: string;
  onAgain: () => void;
}

/** The short code of a sign-in mail. Pasting is allowed, spaces and case do not matter. */
export function EnterCode({ email, to, onAgain }: EnterCodeProps) {
  const [code, setCode] = useState("");
  const [state, setState] = useState<"waiting" | "checking" | { failed: string }>("waiting");
  async function enter() {
    setState("checking");
    const answer = await signIn("code", { code, callbackUrl: to, redirect: false });
    if (answer?.ok && answer.url) window.location.assign(answer.url);
    else setState({ failed: signInFailure(answer?.error) });
  }
  return (
    <form
      className="stack sign-in-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (state !== "checking") void enter();
      }}
    >
      <Note tone="ok" role="status">
        <p>
          <b>Look in your mail.</b> If <bdi>{email}</bdi> is known here, a message is on its way. Press the link in it, or type its code
          below. Both work once and for ten minutes.
        </p>
      </Note>
      <div className="field">
        <label htmlFor="code">Code from the mail</label>
        <input
          id="code"
          className="input mono"
          name="code"
          autoComplete="one-time-code"
          autoCapitalize="characters"
          spellCheck={false}
          required
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
      </div>
      {typeof state === "object" ? (
        <Note tone="bad" role="alert">
          <p>{state.failed}</p>
        </Note>
      ) : null}
      <div className="row wrap">
        <Button type="submit" kind="go" aria-disabled={state === "checking"}>
          {state === "checking" ? "Checking…" : "Sign in"}
        </Button>
        <Button kind="quiet" onClick={onAgain}>
          Send another mail
        </Button>
      </div>
    </form>
  );
}
