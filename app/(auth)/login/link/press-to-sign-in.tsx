"use client";

import { signIn } from "next-auth/react";
import { useState } from "react";
import { Button, LinkButton } from "@/app/_components/button";
import { Note } from "@/app/_components/note";
import { signInFailure } from "../sign-in-failure";

/** The button whose press uses the link up. */
export function PressToSignIn({ token, to }: { token: string; to: string }) {
  const [state, setState] = useState<"waiting" | "pressed" | { failed: string }>("waiting");
  async function press() {
    setState("pressed");
    const answer = await signIn("link", { token, callbackUrl: to, redirect: false });
    if (answer?.ok && answer.url) window.location.assign(answer.url);
    else setState({ failed: signInFailure(answer?.error) });
  }
  if (typeof state === "object") {
    return (
      <div className="stack sign-in-form">
        <Note tone="bad" role="alert">
          <p>{state.failed}</p>
        </Note>
        <p>
          <LinkButton kind="go" href={`/login?to=${encodeURIComponent(to)}`}>
            Send a new link
          </LinkButton>
        </p>
      </div>
    );
  }
  return (
    <p className="sign-in-form">
      <Button kind="go" onClick={press} aria-disabled={state === "pressed"}>
        {state === "pressed" ? "Signing in…" : "Continue"}
      </Button>
    </p>
  );
}
