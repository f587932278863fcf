"use client";

import { signIn } from "next-auth/react";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { Note } from "@/app/_components/note";

/** The button whose press uses the invitation up and signs in. */
export function PressToJoin({ token, to }: { token: string; to: string }) {
  const [state, setState] = useState<"waiting" | "pressed" | "ended" | "failed">("waiting");
  async function press() {
    setState("pressed");
    const answer = await signIn("invitation", { token, callbackUrl: to, redirect: false });
    if (answer?.ok && answer.url) window.location.assign(answer.url);
    else setState(answer?.error === "Ended" ? "ended" : "failed");
  }
  return (
    <div className="stack sign-in-form">
      {state === "ended" || state === "failed" ? (
        <Note tone="bad" role="alert">
          <p>
            {state === "ended"
              ? "This invitation has ended meanwhile: it was used, taken back, or a newer one was sent."
              : "Joining did not work. Check your connection and try again."}
          </p>
        </Note>
      ) : null}
      <p>
        <Button kind="go" onClick={press} aria-disabled={state === "pressed" || state === "ended"}>
          {state === "pressed" ? "Joining…" : "Continue"}
        </Button>
      </p>
    </div>
  );
}
