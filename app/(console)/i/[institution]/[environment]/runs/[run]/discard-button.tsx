"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "@/app/_components/button";
import { ConfirmDialog, ConfirmField } from "@/app/_components/confirm-dialog";
import { environmentWord } from "@/app/_components/env";
import { useTRPC } from "@/app/_trpc/provider";
import { type EnvironmentName, WAITING_STATES } from "@/server/roster/run";

interface DiscardProps {
  place: { institution: string; environment: EnvironmentName };
  number: number;
  look?: "quiet" | "plain";
}

/** Throws a plan away, after saying what that means. */
export function DiscardButton({ place, number, look = "quiet" }: DiscardProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [answer, setAnswer] = useState<"keep" | "drop" | null>(null);
  const [isLeaving, setLeaving] = useState(false);
  const discard = useMutation(
    trpc.runs.discard.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        setLeaving(true);
      },
    }),
  );
  // The worker removes the plan's rows a moment after the word was given; the page is made anew once it has.
  const { data: progress } = useQuery(
    trpc.runs.progress.queryOptions({ ...place, run: number }, { enabled: isLeaving, refetchInterval: 800, gcTime: 0 }),
  );
  const { data: run } = useQuery(trpc.runs.get.queryOptions({ ...place, run: number }, { enabled: open }));
  const changesOnly = run?.deltaDeliveries ?? 0;
  const mayDiscard = run !== undefined && (changesOnly === 0 || answer !== null) && !discard.isPending;
  const isGone = isLeaving && progress !== undefined && !WAITING_STATES.some((state) => state === progress.state);
  useEffect(() => {
    if (isGone) router.refresh();
  }, [isGone, router]);
  return (
    <>
      <Button kind={look} className={look === "quiet" ? "push" : undefined} aria-disabled={isLeaving} onClick={() => setOpen(true)}>
        {isLeaving ? "Discarding…" : "Discard plan…"}
      </Button>
      <ConfirmDialog
        open={open}
        onClose={() => setOpen(false)}
        environment={place.environment}
        title={`Discard the plan of run ${number}?`}
        confirm={{
          word: "Discard plan",
          kind: "danger",
          isReady: mayDiscard,
          because: changesOnly > 0 && answer === null ? "discard-question" : undefined,
          onPress: () => discard.mutate({ ...place, run: number, reason: reason.trim() || undefined, deliveries: answer ?? "keep" }),
        }}
        failure={discard.error}
      >
        <p className="small dialog-part">
          Nothing was written to {environmentWord(place.environment)}, so nothing has to be undone. The report stays; to see these changes
          again, have them prepared again.
        </p>
        {changesOnly > 0 ? <KeepOrDrop deliveries={changesOnly} answer={answer} onAnswer={setAnswer} /> : null}
        <ConfirmField
          id="discard-reason"
          label="Reason, for your colleagues (may stay empty)"
          maxLength={200}
          value={reason}
          onChange={setReason}
        />
      </ConfirmDialog>
    </>
  );
}

interface KeepOrDropProps {
  deliveries: number;
  answer: "keep" | "drop" | null;
  onAnswer: (answer: "keep" | "drop") => void;
}

/** A list of changes is replaced by nothing that comes later, so only a person can say whether it still holds. */
function KeepOrDrop({ deliveries, answer, onAnswer }: KeepOrDropProps) {
  const one = deliveries === 1;
  return (
    <fieldset className="dialog-part small stack">
      <legend id="discard-question">
        <b>
          {one ? "This plan holds a delivery that lists only changes." : `This plan holds ${deliveries} deliveries that list only changes.`}
        </b>{" "}
        No later file repeats them. What shall become of {one ? "it" : "them"}?
      </legend>
      <label className="row start">
        <input type="radio" name="discard-deliveries" checked={answer === "keep"} onChange={() => onAnswer("keep")} />
        <span>Keep: {one ? "it comes" : "they come"} along again with the next run</span>
      </label>
      <label className="row start">
        <input type="radio" name="discard-deliveries" checked={answer === "drop"} onChange={() => onAnswer("drop")} />
        <span>
          Drop for good: no later run reads {one ? "it" : "them"}; what {one ? "it says" : "they say"} must be sent again to count
        </span>
      </label>
    </fieldset>
  );
}
