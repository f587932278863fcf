"use client";

import { LinkButton } from "@/app/_components/button";
import { Note } from "@/app/_components/note";

/** The recovery codes, this once. */
export function RecoveryCodes({ codes, to }: { codes: readonly string[]; to: string }) {
  return (
    <section className="section stack" aria-labelledby="recovery">
      <h2 id="recovery">Keep these recovery codes</h2>
      <Note tone="warning" role="status">
        <p>
          <b>They are shown this once.</b> Each opens the console one time when your phone or key is lost. Print them, or keep them in your
          password manager.
        </p>
      </Note>
      <ul className="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <p>
        <LinkButton kind="go" href={to}>
          I kept them, go on
        </LinkButton>
      </p>
    </section>
  );
}
