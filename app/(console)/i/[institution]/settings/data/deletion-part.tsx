"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { ConfirmDialog, ConfirmField } from "@/app/_components/confirm-dialog";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";

interface DeletionProps {
  institution: { slug: string; name: string };
  deletion: Outputs["data"]["deletion"]["get"];
  zone: string;
  canEdit: boolean;
}

/** The end of an institution: asked for by typing its name, agreed to by the vendor, stopped by a press until it begins. */
export function DeletionPart({ institution, deletion, zone, canEdit }: DeletionProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const cancel = useMutation(trpc.data.deletion.cancel.mutationOptions({ onSuccess: () => router.refresh() }));
  const isOpen = deletion?.state === "requested" || deletion?.state === "approved";
  return (
    <div className="stack">
      <p className="small soft">
        Everything of <bdi>{institution.name}</bdi> goes for ever: rosters, files, runs, audit, members who belong nowhere else. An owner
        asks, somebody else of the vendor agrees, then it waits two weeks. What remains is a signed certificate without a person in it.
      </p>
      {deletion === null ? null : <Standing of={deletion} zone={zone} />}
      {canEdit && isOpen ? (
        <div className="row">
          <Button
            aria-disabled={cancel.isPending}
            onClick={() => (cancel.isPending ? undefined : cancel.mutate({ institution: institution.slug }))}
          >
            Stop the deletion
          </Button>
        </div>
      ) : null}
      {cancel.error ? (
        <p role="alert" className="err">
          {failureText(cancel.error)}
        </p>
      ) : null}
      {canEdit && !isOpen && deletion?.state !== "purging" ? <AskForDeletion institution={institution} /> : null}
      {canEdit ? null : <p className="hint">Only an owner can ask for it.</p>}
    </div>
  );
}

function Standing({ of: deletion, zone }: { of: NonNullable<DeletionProps["deletion"]>; zone: string }) {
  const asked = (
    <>
      <bdi>{deletion.requestedBy ?? "An owner"}</bdi> asked for it <When at={deletion.requestedAt} zone={zone} />: “
      <bdi dir="auto">{deletion.reason}</bdi>”.
    </>
  );
  switch (deletion.state) {
    case "requested":
      return (
        <Note tone="warning">
          <p>
            <b>The vendor decides.</b> {asked} Nothing changes before.
          </p>
        </Note>
      );
    case "approved":
      return (
        <Note tone="bad">
          <p>
            <b>It will be deleted {deletion.dueAt ? <When at={deletion.dueAt} zone={zone} /> : null}.</b> {asked} The vendor agreed. Until
            then any owner can stop it.
          </p>
        </Note>
      );
    case "purging":
      return (
        <Note tone="bad">
          <p>It is being deleted.</p>
        </Note>
      );
    case "rejected":
      return (
        <Note tone="info">
          <p>
            {asked} The vendor said no: “<bdi dir="auto">{deletion.decisionNote}</bdi>”.
          </p>
        </Note>
      );
    case "cancelled":
      return (
        <Note tone="info">
          <p>
            {asked} <bdi>{deletion.endedBy ?? "Somebody"}</bdi> stopped it
            {deletion.endedAt ? (
              <>
                {" "}
                <When at={deletion.endedAt} zone={zone} />
              </>
            ) : null}
            .
          </p>
        </Note>
      );
    default:
      return deletion.state satisfies never;
  }
}

function AskForDeletion({ institution }: { institution: DeletionProps["institution"] }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const request = useMutation(
    trpc.data.deletion.request.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        router.refresh();
      },
    }),
  );
  const canAsk = typed.trim() === institution.name && reason.trim().length >= 3 && !request.isPending;
  return (
    <div className="row">
      <Button kind="danger" onClick={() => setOpen(true)}>
        Delete this institution…
      </Button>
      <ConfirmDialog
        open={open}
        onClose={() => setOpen(false)}
        environment={null}
        title={
          <>
            Ask for the end of <bdi>{institution.name}</bdi>?
          </>
        }
        confirm={{
          word: "Ask for the deletion",
          kind: "danger",
          isReady: canAsk,
          onPress: () => request.mutate({ institution: institution.slug, typed, reason }),
        }}
        failure={request.error}
      >
        <p className="small dialog-part">
          The vendor decides, then two weeks pass in which any owner can stop it. Afterwards nothing can be brought back. Export everything
          first if you want to keep it.
        </p>
        <ConfirmField id="delete-reason" label="Why" maxLength={500} value={reason} onChange={setReason} />
        <ConfirmField
          id="delete-typed"
          label={
            <>
              Type <b>{institution.name}</b> to confirm
            </>
          }
          autoComplete="off"
          value={typed}
          onChange={setTyped}
        />
      </ConfirmDialog>
    </div>
  );
}
