"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { useTRPC } from "@/app/_trpc/provider";

/** Switches a feed on again. */
export function EnableFeed({ institution, feed, name }: { institution: string; feed: number; name: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const enable = useMutation(trpc.configure.enable.mutationOptions({ onSuccess: () => router.refresh() }));
  return (
    <p className="row wrap">
      <Button size="sm" aria-disabled={enable.isPending} onClick={() => enable.mutate({ institution, feed })}>
        Enable <bdi>{name}</bdi>
      </Button>
      {enable.error ? <span role="alert">{failureText(enable.error)}</span> : null}
    </p>
  );
}
