"use client";

import { useMutation } from "@tanstack/react-query";
import { useId } from "react";
import { Button } from "@/app/_components/button";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";
import { passkeyFailure } from "./passkey-failure";

/** Makes a passkey under a name by which its owner will know it again. */
export function EnrolPasskey({ onDone }: { onDone: (recoveryCodes: readonly string[] | null) => void }) {
  const trpc = useTRPC();
  const name = useId();
  const begin = useMutation(trpc.secondFactor.beginPasskey.mutationOptions());
  const confirm = useMutation(trpc.secondFactor.confirmPasskey.mutationOptions());
  const make = useMutation({
    mutationFn: async (label: string) => {
      const { startRegistration } = await import("@simplewebauthn/browser");
      const response = await startRegistration({ optionsJSON: await begin.mutateAsync() });
      return confirm.mutateAsync({ response, label: label.trim() || "Passkey" });
    },
    onSuccess: ({ recoveryCodes }) => onDone(recoveryCodes),
  });
  return (
    <form
      className="stack section-go"
      onSubmit={(event) => {
        event.preventDefault();
        if (!make.isPending) make.mutate(String(new FormData(event.currentTarget).get("label") ?? ""));
      }}
    >
      <div className="field">
        <label htmlFor={name}>Name of this passkey</label>
        <input id={name} className="input" maxLength={60} placeholder="Blue key, work laptop…" name="label" />
      </div>
      {make.error ? (
        <Note tone="bad" role="alert">
          <p>{passkeyFailure(make.error)}</p>
        </Note>
      ) : null}
      <p>
        <Button type="submit" aria-disabled={make.isPending}>
          {make.isPending ? "Follow your browser…" : "Make a passkey"}
        </Button>
      </p>
    </form>
  );
}
