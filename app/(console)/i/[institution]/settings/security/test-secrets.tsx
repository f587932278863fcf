"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";
import { TestLines } from "./test-lines";

/** Tries whether what is kept still lets us in. */
export function TestSecrets({ institution, feed }: { institution: string; feed: number }) {
  const trpc = useTRPC();
  const router = useRouter();
  const test = useMutation(trpc.secrets.test.mutationOptions({ onSuccess: () => router.refresh() }));
  return (
    <div className="stack">
      <p>
        <Button size="sm" aria-disabled={test.isPending} onClick={() => test.mutate({ institution, feed })}>
          {test.isPending ? "Testing…" : "Test them now"}
        </Button>
      </p>
      {test.data ? <TestLines test={test.data} /> : null}
      {test.error ? (
        <Note tone="bad" role="alert">
          <p>{failureText(test.error)}</p>
        </Note>
      ) : null}
    </div>
  );
}
