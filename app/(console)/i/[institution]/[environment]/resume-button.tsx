"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { useTRPC } from "@/app/_trpc/provider";

/** Lets automatic runs go on in Production. */
export function ResumeButton({ institution }: { institution: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const resume = useMutation(trpc.promotions.resume.mutationOptions({ onSettled: () => router.refresh() }));
  return (
    <p className="row wrap">
      <Button size="sm" aria-disabled={resume.isPending || resume.isSuccess} onClick={() => resume.mutate({ institution })}>
        Let them go on
      </Button>
      {resume.error ? <span role="alert">{failureText(resume.error)}</span> : null}
    </p>
  );
}
