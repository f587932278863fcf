"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { Dialog } from "@/app/_components/dialog";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { ROLE_WORDS } from "@/app/_components/role-words";
import { useHydrated } from "@/app/_components/use-hydrated";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { ROLES } from "@/server/auth/permissions";

interface MemberProps {
  institution: string;
  member: Outputs["members"]["list"][number];
}

/** The role of a member as a choice; it counts as soon as it is chosen, and says so. */
export function ChangeRole({ institution, member }: MemberProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const hydrated = useHydrated();
  const change = useMutation(trpc.members.changeRole.mutationOptions({ onSettled: () => router.refresh() }));
  const who = member.name ?? member.email;
  return (
    <>
      <select
        className="input sm"
        // A choice before the page listens would be lost.
        disabled={!hydrated}
        aria-label={`Role of ${who}`}
        value={change.isPending ? change.variables.role : member.role}
        onChange={(event) => {
          const role = ROLES.find((known) => known === event.currentTarget.value);
          if (role !== undefined) change.mutate({ institution, accountId: member.accountId, role });
        }}
      >
        {ROLES.map((role) => (
          <option key={role} value={role}>
            {ROLE_WORDS[role].name}
          </option>
        ))}
      </select>
      <span className="sub" role="status">
        {change.data ? `Now ${ROLE_WORDS[change.data.role].name.toLowerCase()}` : ""}
      </span>
      {change.error ? (
        <span className="err" role="alert">
          {failureText(change.error)}
        </span>
      ) : null}
    </>
  );
}

/** Ends a membership, after a question. */
export function RemoveMember({ institution, member, isSelf }: MemberProps & { isSelf: boolean }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const remove = useMutation(
    trpc.members.remove.mutationOptions({
      onSuccess: () => {
        setOpen(false);
        if (isSelf) window.location.assign("/");
        else router.refresh();
      },
    }),
  );
  const who = member.name ?? member.email;
  return (
    <>
      <Button size="sm" kind="danger" aria-label={isSelf ? "Leave" : `Remove ${who}`} onClick={() => setOpen(true)}>
        {isSelf ? "Leave…" : "Remove…"}
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        environment={null}
        title={isSelf ? "Leave this institution?" : `Remove ${who}?`}
        footer={
          <>
            <Button data-first onClick={() => setOpen(false)}>
              Go back
            </Button>
            <Button
              kind="danger"
              aria-disabled={remove.isPending}
              onClick={() => remove.mutate({ institution, accountId: member.accountId })}
            >
              {isSelf ? "Leave" : "Remove"}
            </Button>
          </>
        }
      >
        <p className="small dialog-part">
          {isSelf ? "You see" : <bdi>{who} sees</bdi>} nothing of it from the next request on. What was done under this name stays in the
          audit. An owner can invite {isSelf ? "you" : "them"} again.
        </p>
        {remove.error ? (
          <Note tone="bad" role="alert">
            <p>{failureText(remove.error)}</p>
          </Note>
        ) : null}
      </Dialog>
    </>
  );
}
