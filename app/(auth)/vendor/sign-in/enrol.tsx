"use client";

import { useState } from "react";
import { EnrolApp } from "./enrol-app";
import { EnrolPasskey } from "./enrol-passkey";
import { RecoveryCodes } from "./recovery-codes";

/** One factor is set up: an app that shows codes, or a passkey where the browser makes one here. Afterwards the recovery codes, once. */
export function Enrol({ passkeys, to }: { passkeys: boolean; to: string }) {
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const onDone = (recoveryCodes: readonly string[] | null): void => {
    if (recoveryCodes === null) window.location.assign(to);
    else setCodes(recoveryCodes);
  };
  if (codes !== null) return <RecoveryCodes codes={codes} to={to} />;
  return (
    <>
      <section className="section" aria-labelledby="with-app">
        <h2 id="with-app">An app that shows codes</h2>
        <p className="soft">Any authenticator app on your phone or in your password manager.</p>
        <EnrolApp onDone={onDone} />
      </section>
      <section className="section" aria-labelledby="with-passkey">
        <h2 id="with-passkey">A passkey</h2>
        {passkeys ? (
          <>
            <p className="soft">A security key, or this device with its fingerprint, face or PIN.</p>
            <EnrolPasskey onDone={onDone} />
          </>
        ) : (
          <p className="soft">Browsers make no passkey for a bare number like this address. Open Rollcall by its name to use one.</p>
        )}
      </section>
    </>
  );
}
