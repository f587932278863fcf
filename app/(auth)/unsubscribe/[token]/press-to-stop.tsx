"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";

/** The button whose press ends this kind of mail. */
export function PressToStop({ token }: { token: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const stop = useMutation(trpc.notifications.unsubscribe.mutationOptions({ onSuccess: () => router.refresh() }));
  return (
    <div className="stack sign-in-form">
      {stop.error || stop.data?.isOff === false ? (
        <Note tone="bad" role="alert">
          <p>{stop.error ? failureText(stop.error) : "This could not be stopped: your role has to get it."}</p>
        </Note>
      ) : null}
      <p>
        <Button kind="go" aria-disabled={stop.isPending || stop.isSuccess} onClick={() => stop.mutate({ token })}>
          {stop.isPending ? "Stopping…" : "Stop them"}
        </Button>
      </p>
    </div>
  );
}
