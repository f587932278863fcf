"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { Dialog } from "@/app/_components/dialog";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";

const zones = (): readonly string[] => Intl.supportedValuesOf("timeZone");

/** Founds an institution and asks its first owner by mail to come in. */
export function InviteInstitution() {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [ownerEmail, setOwnerEmail] = useState("");
  const [timeZone, setTimeZone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  const invite = useMutation(
    trpc.vendor.invite.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        setName("");
        setOwnerEmail("");
        router.refresh();
      },
    }),
  );
  const isComplete = name.trim() !== "" && ownerEmail.includes("@") && !invite.isPending;
  return (
    <>
      <Button kind="go" className="push" onClick={() => setOpen(true)}>
        Invite an institution…
      </Button>
      {invite.data ? (
        <Note tone="ok" role="status">
          <p>
            An invitation went to {invite.data.email}.{" "}
            <Link prefetch={false} href={`/vendor/institutions/${invite.data.slug}`}>
              <bdi>{invite.data.name}</bdi>
            </Link>{" "}
            is in the list.
          </p>
        </Note>
      ) : null}
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        environment={null}
        title="Invite an institution"
        footer={
          <>
            <Button onClick={() => setOpen(false)}>Go back</Button>
            <Button kind="go" aria-disabled={!isComplete} onClick={() => invite.mutate({ name: name.trim(), ownerEmail, timeZone })}>
              Send the invitation
            </Button>
          </>
        }
      >
        <div className="stack dialog-part">
          <div className="field">
            <label htmlFor="invite-name">Name of the institution</label>
            <input
              id="invite-name"
              data-first
              className="input"
              maxLength={200}
              required
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          </div>
          <div className="field">
            <label htmlFor="invite-owner">E-mail of its first owner</label>
            <input
              id="invite-owner"
              className="input"
              type="email"
              autoComplete="off"
              required
              aria-describedby="invite-owner-hint"
              value={ownerEmail}
              onChange={(event) => setOwnerEmail(event.currentTarget.value)}
            />
            <span id="invite-owner-hint" className="hint">
              They get a link that expires; the owner invites everybody else.
            </span>
          </div>
          <div className="field">
            <label htmlFor="invite-zone">Time zone</label>
            <select id="invite-zone" className="input" value={timeZone} onChange={(event) => setTimeZone(event.currentTarget.value)}>
              {zones().map((zone) => (
                <option key={zone}>{zone}</option>
              ))}
            </select>
          </div>
        </div>
        {invite.error ? (
          <Note tone="bad" role="alert">
            <p>{failureText(invite.error)}</p>
          </Note>
        ) : null}
      </Dialog>
    </>
  );
}
