"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";
import { CodeField, codeOf } from "./code-field";
import { passkeyFailure } from "./passkey-failure";

interface EnterProps {
  kinds: readonly ("totp" | "passkey")[];
  passkeys: boolean;
  to: string;
}

/** The factors that this person has, each with its own way in, and the recovery codes for the day on which none is at hand. */
export function Enter({ kinds, passkeys, to }: EnterProps) {
  const onDone = (): void => window.location.assign(to);
  const [isLost, setIsLost] = useState(false);
  return (
    <div className="stack sign-in-form">
      {kinds.includes("totp") && !isLost ? <EnterCode onDone={onDone} /> : null}
      {kinds.includes("passkey") && passkeys && !isLost ? <UsePasskey onDone={onDone} /> : null}
      {isLost ? <EnterRecoveryCode onDone={onDone} /> : null}
      <p>
        <Button kind="quiet" onClick={() => setIsLost(!isLost)}>
          {isLost ? "Use your second factor" : "Use a recovery code"}
        </Button>
      </p>
    </div>
  );
}

function EnterCode({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const enter = useMutation(trpc.secondFactor.enterTotp.mutationOptions({ onSuccess: onDone }));
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!enter.isPending) enter.mutate({ code: codeOf(event.currentTarget) });
      }}
    >
      <CodeField label="Code that your app shows now" />
      {enter.error ? (
        <Note tone="bad" role="alert">
          <p>{failureText(enter.error)}</p>
        </Note>
      ) : null}
      <p>
        <Button type="submit" kind="go" aria-disabled={enter.isPending || enter.isSuccess}>
          {enter.isPending ? "Checking…" : "Continue"}
        </Button>
      </p>
    </form>
  );
}

function UsePasskey({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const ask = useMutation(trpc.secondFactor.askPasskey.mutationOptions());
  const enter = useMutation(trpc.secondFactor.enterPasskey.mutationOptions());
  const use = useMutation({
    mutationFn: async () => {
      const { startAuthentication } = await import("@simplewebauthn/browser");
      return enter.mutateAsync({ response: await startAuthentication({ optionsJSON: await ask.mutateAsync() }) });
    },
    onSuccess: onDone,
  });
  return (
    <>
      {use.error ? (
        <Note tone="bad" role="alert">
          <p>{passkeyFailure(use.error)}</p>
        </Note>
      ) : null}
      <p>
        <Button kind="go" aria-disabled={use.isPending || use.isSuccess} onClick={() => use.mutate()}>
          {use.isPending ? "Follow your browser…" : "Use a passkey"}
        </Button>
      </p>
    </>
  );
}

function EnterRecoveryCode({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const enter = useMutation(trpc.secondFactor.enterRecoveryCode.mutationOptions({ onSuccess: onDone }));
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!enter.isPending) enter.mutate({ code: codeOf(event.currentTarget) });
      }}
    >
      <CodeField label="One of your recovery codes" digits={false} />
      <p className="hint">Each works once. If you have none left, another admin of the vendor can reset your second factor.</p>
      {enter.error ? (
        <Note tone="bad" role="alert">
          <p>{failureText(enter.error)}</p>
        </Note>
      ) : null}
      <p>
        <Button type="submit" kind="go" aria-disabled={enter.isPending || enter.isSuccess}>
          {enter.isPending ? "Checking…" : "Continue with the recovery code"}
        </Button>
      </p>
    </form>
  );
}
