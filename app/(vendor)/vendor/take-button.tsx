"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { useTRPC } from "@/app/_trpc/provider";

/** Makes the reader the one who looks after an institution. */
export function TakeButton({ institution, name, me }: { institution: string; name: string; me: number }) {
  const trpc = useTRPC();
  const router = useRouter();
  const take = useMutation(trpc.vendor.institutions.setOwner.mutationOptions({ onSuccess: () => router.refresh() }));
  return (
    <>
      <Button
        size="sm"
        data-take
        aria-label={`Take ${name}`}
        aria-disabled={take.isPending}
        onClick={() => take.mutate({ institution, owner: me })}
      >
        Take
      </Button>
      {take.error ? (
        <span role="alert" className="sub">
          {failureText(take.error)}
        </span>
      ) : null}
    </>
  );
}
