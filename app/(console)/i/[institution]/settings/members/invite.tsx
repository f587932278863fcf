"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef } from "react";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { ROLE_WORDS } from "@/app/_components/role-words";
import { useTRPC } from "@/app/_trpc/provider";
import { ROLES, type Role } from "@/server/auth/permissions";

/** Asks somebody by mail to belong here. */
export function Invite({ institution }: { institution: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const form = useRef<HTMLFormElement>(null);
  const invite = useMutation(
    trpc.invitations.create.mutationOptions({
      onSuccess: () => {
        form.current?.reset();
        router.refresh();
      },
    }),
  );
  return (
    <form
      ref={form}
      className="section invite"
      aria-label="Invite somebody"
      onSubmit={(event) => {
        event.preventDefault();
        if (!invite.isPending) invite.mutate({ institution, ...typedIn(event.currentTarget) });
      }}
    >
      <div className="field">
        <label htmlFor="invite-email">Work e-mail</label>
        <input id="invite-email" className="input" type="email" autoComplete="off" required name="email" dir="auto" />
      </div>
      <div className="field">
        <label htmlFor="invite-role">Role</label>
        <select id="invite-role" className="input" name="role" defaultValue="reviewer">
          {ROLES.map((known) => (
            <option key={known} value={known}>
              {ROLE_WORDS[known].name}: {ROLE_WORDS[known].may}
            </option>
          ))}
        </select>
      </div>
      <Button type="submit" kind="go" aria-disabled={invite.isPending}>
        {invite.isPending ? "Sending…" : "Send an invitation"}
      </Button>
      <div className="invite-said" role="status">
        {invite.data ? (
          <Note tone="ok">
            <p>
              An invitation is on its way to <bdi>{invite.data.email}</bdi>. Its link works once, for seven days.
            </p>
          </Note>
        ) : null}
      </div>
      {invite.error ? (
        <div className="invite-said">
          <Note tone="bad" role="alert">
            <p>{failureText(invite.error)}</p>
          </Note>
        </div>
      ) : null}
    </form>
  );
}

/** Read where it was typed, since somebody may type before the page listens. */
function typedIn(form: HTMLFormElement): { email: string; role: Role } {
  const given = new FormData(form);
  return { email: String(given.get("email") ?? ""), role: ROLES.find((known) => known === given.get("role")) ?? "reviewer" };
}
