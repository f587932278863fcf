"use client";

import { signIn } from "next-auth/react";
import { useState } from "react";
import { Button, LinkButton } from "@/app/_components/button";
import { Note } from "@/app/_components/note";

/** The button whose press makes the institution and signs in. The front page then leads to what comes first: set-up. */
export function PressToSetUp({ token }: { token: string }) {
  const [state, setState] = useState<"waiting" | "pressed" | "ended" | "failed">("waiting");
  async function press() {
    setState("pressed");
    const answer = await signIn("sign-up", { token, callbackUrl: "/", redirect: false });
    if (answer?.ok && answer.url) window.location.assign(answer.url);
    else setState(answer?.error === "Ended" ? "ended" : "failed");
  }
  return (
    <div className="stack sign-up-form">
      {state === "ended" || state === "failed" ? (
        <Note tone="bad" role="alert">
          <p>
            {state === "ended"
              ? "This link has ended: it was used, replaced by a newer one, or is older than an hour. If you used it, sign in instead."
              : "Setting up did not work. Check your connection and try again; nothing was made."}
          </p>
        </Note>
      ) : null}
      {state === "ended" ? (
        <p className="row wrap">
          <LinkButton kind="go" href="/signup">
            Start again
          </LinkButton>
          <LinkButton href="/login">Sign in</LinkButton>
        </p>
      ) : (
        <p>
          <Button kind="go" onClick={press} aria-disabled={state === "pressed"}>
            {state === "pressed" ? "Setting up…" : "Continue"}
          </Button>
        </p>
      )}
    </div>
  );
}
