"use client";

import { Button } from "@/app/_components/button";

/** What nobody foresaw. The reference finds it in the log; nothing of the failure itself is shown. */
export default function Failure({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main id="main" className="main">
      <h1 className="verdict">Something went wrong on our side.</h1>
      <p className="lede">
        Nothing was changed by it. Try again; if it stays, tell your help contact
        {error.digest ? ` and name the reference ${error.digest}` : ""}.
      </p>
      <p className="row wrap section">
        <Button kind="go" onClick={reset}>
          Try again
        </Button>
      </p>
    </main>
  );
}
