"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { failureText } from "@/app/_components/failure";
import { SaySomething } from "@/app/_components/say-something";
import { useTRPC } from "@/app/_trpc/provider";

/** A word to the institution. */
export function ApprovalComment({ promotion }: { promotion: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [sent, setSent] = useState(0);
  const comment = useMutation(
    trpc.vendor.approvals.comment.mutationOptions({
      onSuccess: () => {
        setSent((known) => known + 1);
        router.refresh();
      },
    }),
  );
  return (
    <SaySomething
      label="Comment to the institution"
      isSending={comment.isPending}
      sent={sent}
      failure={comment.error ? failureText(comment.error) : null}
      onSend={(text) => comment.mutate({ promotion, text })}
    />
  );
}
