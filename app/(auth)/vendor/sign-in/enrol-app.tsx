"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";
import { CodeField, codeOf } from "./code-field";

/** Shows the secret, drawn and as text, and takes the first code that the app makes of it. */
export function EnrolApp({ onDone }: { onDone: (recoveryCodes: readonly string[] | null) => void }) {
  const trpc = useTRPC();
  const begin = useMutation(trpc.secondFactor.beginTotp.mutationOptions());
  const confirm = useMutation(trpc.secondFactor.confirmTotp.mutationOptions({ onSuccess: ({ recoveryCodes }) => onDone(recoveryCodes) }));
  const failure = begin.error ?? confirm.error;
  const said = failure ? (
    <Note tone="bad" role="alert">
      <p>{failureText(failure)}</p>
    </Note>
  ) : null;
  if (!begin.data) {
    return (
      <div className="stack section-go">
        {said}
        <p>
          <Button kind="go" aria-disabled={begin.isPending} onClick={() => begin.mutate()}>
            Set up an app
          </Button>
        </p>
      </div>
    );
  }
  const { secret, drawing } = begin.data;
  return (
    <form
      className="stack section-go"
      onSubmit={(event) => {
        event.preventDefault();
        if (!confirm.isPending) confirm.mutate({ code: codeOf(event.currentTarget) });
      }}
    >
      <p>Scan this with the app:</p>
      <svg className="qr" viewBox={`0 0 ${drawing.size} ${drawing.size}`} role="img" aria-label="The secret as a code for a camera">
        <rect width={drawing.size} height={drawing.size} />
        <path d={drawing.path} shapeRendering="crispEdges" />
      </svg>
      <p>
        Or type this secret: <code className="secret">{secret.match(/.{1,4}/g)?.join(" ")}</code>
      </p>
      <CodeField label="Code that the app shows now" />
      {said}
      <p>
        <Button type="submit" kind="go" aria-disabled={confirm.isPending}>
          {confirm.isPending ? "Checking…" : "Confirm the app"}
        </Button>
      </p>
    </form>
  );
}
