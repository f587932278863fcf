"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { useTRPC } from "@/app/_trpc/provider";

/** Ends an invitation before it was used. */
export function TakeBack({ institution, invitation }: { institution: string; invitation: { id: string; email: string } }) {
  const trpc = useTRPC();
  const router = useRouter();
  const revoke = useMutation(trpc.invitations.revoke.mutationOptions({ onSuccess: () => router.refresh() }));
  return (
    <>
      <Button
        size="sm"
        aria-label={`Take back the invitation of ${invitation.email}`}
        aria-disabled={revoke.isPending}
        onClick={() => revoke.mutate({ institution, id: invitation.id })}
      >
        Take back
      </Button>
      {revoke.error ? (
        <span className="err" role="alert">
          {failureText(revoke.error)}
        </span>
      ) : null}
    </>
  );
}
