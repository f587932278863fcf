"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useId, useRef, useState } from "react";
import { Button } from "@/app/_components/button";
import { ConfirmDialog } from "@/app/_components/confirm-dialog";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { TestLines } from "./test-lines";

interface ActionsProps {
  institution: string;
  feed: number;
  secret: Outputs["secrets"]["list"][number]["secrets"][number];
}

/** A new one is tested before it takes the old one's place; what was typed is never shown again. */
export function SecretActions({ institution, feed, secret }: ActionsProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const [asks, setAsks] = useState(false);
  const of = { institution, feed, field: secret.field };
  const onSuccess = () => {
    setAsks(false);
    router.refresh();
  };
  const replace = useMutation(
    trpc.secrets.replace.mutationOptions({
      onSuccess: ({ ok }) => {
        if (!ok) return;
        form.current?.reset();
        onSuccess();
      },
    }),
  );
  const putBack = useMutation(trpc.secrets.putBack.mutationOptions({ onSuccess }));
  const remove = useMutation(trpc.secrets.remove.mutationOptions({ onSuccess }));
  const failure = replace.error ?? putBack.error ?? remove.error;
  return (
    <>
      <form
        ref={form}
        className="row wrap"
        onSubmit={(event) => {
          event.preventDefault();
          const value = String(new FormData(event.currentTarget).get("value") ?? "");
          if (!replace.isPending) replace.mutate({ ...of, value });
        }}
      >
        <div className="field">
          <label htmlFor={id}>{secret.kept === null ? secret.label : `New ${secret.label.toLowerCase()}`}</label>
          <input id={id} className="input" type="password" name="value" autoComplete="off" required aria-describedby={`${id}-hint`} />
          <span id={`${id}-hint`} className="hint">
            {secret.hint} It is tested before it counts, and never shown again.
          </span>
        </div>
        <Button type="submit" aria-disabled={replace.isPending}>
          {replace.isPending ? "Testing…" : secret.kept === null ? "Keep it" : "Replace"}
        </Button>
        {secret.kept?.hasPrevious ? (
          <Button kind="quiet" aria-disabled={putBack.isPending} onClick={() => putBack.mutate(of)}>
            Put the one before back
          </Button>
        ) : null}
        {secret.kept === null ? null : (
          <Button kind="quiet" onClick={() => setAsks(true)}>
            Remove…
          </Button>
        )}
      </form>
      {replace.data ? <TestLines test={replace.data} /> : null}
      {failure && !asks ? (
        <Note tone="bad" role="alert">
          <p>{failureText(failure)}</p>
        </Note>
      ) : null}
      <ConfirmDialog
        open={asks}
        onClose={() => setAsks(false)}
        environment={null}
        title={`Remove ${secret.label.toLowerCase()}?`}
        confirm={{ word: "Destroy it", kind: "danger", isReady: !remove.isPending, onPress: () => remove.mutate(of) }}
        failure={failure}
      >
        <p className="small dialog-part">
          It is destroyed, and the one before it. The feed brings nothing until another one is kept; what it brought stays.
        </p>
      </ConfirmDialog>
    </>
  );
}
