"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { Section } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";

interface DecisionProps {
  institution: string;
  deletion: NonNullable<Outputs["vendor"]["deletions"]["get"]>;
  zone: string;
  canDecide: boolean;
}

/** What an owner asked for, and the vendor's word about it, with a reason that the institution reads. */
export function DeletionDecision({ institution, deletion, zone, canDecide }: DecisionProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const [note, setNote] = useState("");
  const decide = useMutation(
    trpc.vendor.deletions.decide.mutationOptions({
      onSuccess: () => {
        setNote("");
        router.refresh();
      },
    }),
  );
  const canPress = note.trim().length >= 3 && !decide.isPending;
  const press = (decision: "approve" | "reject" | "cancel") => (canPress ? decide.mutate({ institution, decision, note }) : undefined);
  const isWaiting = deletion.state === "approved";
  return (
    <Section id="delete" title="Deletion">
      <Note tone={deletion.state === "requested" || isWaiting ? "bad" : "info"}>
        <p>
          <bdi>{deletion.requestedBy ?? "An owner"}</bdi> asked <When at={deletion.requestedAt} zone={zone} /> that everything be deleted: “
          <bdi dir="auto">{deletion.reason}</bdi>”.{" "}
          {isWaiting && deletion.dueAt ? (
            <>
              <b>
                It will be deleted <When at={deletion.dueAt} zone={zone} />.
              </b>{" "}
              <bdi>{deletion.decidedBy}</bdi> agreed: “<bdi dir="auto">{deletion.decisionNote}</bdi>”.
            </>
          ) : null}
          {deletion.state === "rejected" ? <>It was refused: “{deletion.decisionNote}”.</> : null}
          {deletion.state === "cancelled" ? "It was stopped." : null}
          {deletion.state === "purging" ? "It is being deleted." : null}
        </p>
      </Note>
      {canDecide && (deletion.state === "requested" || isWaiting) ? (
        <div className="stack">
          <div className="field">
            <label htmlFor="deletion-note">Your reason</label>
            <input
              id="deletion-note"
              className="input"
              maxLength={500}
              aria-describedby="deletion-note-hint"
              value={note}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
            <span id="deletion-note-hint" className="hint">
              The institution's owners read it.
            </span>
          </div>
          <div className="row wrap">
            {isWaiting ? (
              <Button aria-disabled={!canPress} onClick={() => press("cancel")}>
                Stop the deletion
              </Button>
            ) : (
              <>
                <Button kind="danger" aria-disabled={!canPress} onClick={() => press("approve")}>
                  Agree: delete in two weeks
                </Button>
                <Button aria-disabled={!canPress} onClick={() => press("reject")}>
                  Say no
                </Button>
              </>
            )}
          </div>
          {decide.error ? (
            <p role="alert" className="err">
              {failureText(decide.error)}
            </p>
          ) : null}
        </div>
      ) : null}
    </Section>
  );
}
