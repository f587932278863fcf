"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { Button } from "./button";
import { failureText } from "./failure";
import { Note } from "./note";
import { When } from "./when";

type Field = Outputs["onboarding"]["connection"]["fields"][number];

interface ConnectFormProps {
  fields: readonly Field[];
  zone: string;
  /** Whoever types: a member, for one feed; or somebody with a link to this one step. */
  by: { institution: string; feed: number } | { token: string };
}

/** What a source asks for, drawn from its fields. A secret goes in and is never shown again. */
export function ConnectForm({ fields, zone, by }: ConnectFormProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const onSuccess = () => {
    setTyped({});
    router.refresh();
  };
  const save = useMutation(trpc.onboarding.saveConnection.mutationOptions({ onSuccess }));
  const enter = useMutation(trpc.handOffs.step.enter.mutationOptions({ onSuccess }));
  const saving = "token" in by ? enter : save;
  const isChanged = Object.keys(typed).length > 0;
  function keep() {
    if (saving.isPending || !isChanged) return;
    if ("token" in by) enter.mutate({ token: by.token, values: typed });
    else save.mutate({ ...by, values: typed });
  }
  return (
    <form
      className="stack connect-form"
      aria-label="Connection"
      onSubmit={(event) => {
        event.preventDefault();
        keep();
      }}
    >
      {fields.map((field) => (
        <div key={field.key} className="field">
          <label htmlFor={`field-${field.key}`}>
            {field.label}
            {field.required ? "" : " (may stay empty)"}
          </label>
          <input
            id={`field-${field.key}`}
            className={field.kind === "text" ? "input" : "input mono"}
            type={field.kind === "secret" ? "password" : "text"}
            inputMode={field.kind === "url" ? "url" : undefined}
            autoComplete="off"
            spellCheck={false}
            required={field.required && field.keptAt === null}
            aria-describedby={`hint-${field.key}`}
            value={typed[field.key] ?? field.value ?? ""}
            onChange={(event) => setTyped({ ...typed, [field.key]: event.currentTarget.value })}
            dir="auto"
          />
          <p className="hint" id={`hint-${field.key}`}>
            {field.hint}
            {field.kind === "secret" ? " Stored sealed. It can be replaced, never shown again." : ""}
            {field.keptAt === null ? null : (
              <>
                {" "}
                Saved <When at={field.keptAt} zone={zone} />.
              </>
            )}
          </p>
        </div>
      ))}
      {saving.error ? (
        <Note tone="bad" role="alert">
          <p>{failureText(saving.error)}</p>
        </Note>
      ) : null}
      <p>
        <Button type="submit" size="sm" aria-disabled={saving.isPending || !isChanged}>
          {saving.isPending ? "Saving…" : "Save"}
        </Button>
      </p>
    </form>
  );
}
