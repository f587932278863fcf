"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef } from "react";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useTRPC } from "@/app/_trpc/provider";
import { STAFF_ROLES, type StaffRole } from "@/server/auth/permissions";
import { STAFF_WORDS } from "./staff-words";

/** Makes somebody staff; they sign in with their e-mail and set up a second factor. */
export function AddStaff() {
  const trpc = useTRPC();
  const router = useRouter();
  const form = useRef<HTMLFormElement>(null);
  const add = useMutation(
    trpc.vendor.staff.add.mutationOptions({
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
      aria-label="Add somebody"
      onSubmit={(event) => {
        event.preventDefault();
        if (!add.isPending) add.mutate(typedIn(event.currentTarget));
      }}
    >
      <div className="field">
        <label htmlFor="staff-email">Work e-mail</label>
        <input id="staff-email" className="input" type="email" autoComplete="off" required name="email" dir="auto" />
      </div>
      <div className="field">
        <label htmlFor="staff-role">Role</label>
        <select id="staff-role" className="input" name="role" defaultValue="support">
          {STAFF_ROLES.map((known) => (
            <option key={known} value={known}>
              {STAFF_WORDS[known].name}: {STAFF_WORDS[known].may}
            </option>
          ))}
        </select>
      </div>
      <Button type="submit" kind="go" aria-disabled={add.isPending}>
        {add.isPending ? "Adding…" : "Add to the staff"}
      </Button>
      <div className="invite-said" role="status">
        {add.data ? (
          <Note tone={add.data.isNew ? "ok" : "info"}>
            <p>
              <bdi>{add.data.email}</bdi>{" "}
              {add.data.isNew
                ? "is staff now. No mail was sent: tell them to sign in with this address and set up their second factor."
                : "is staff already, and keeps the role below."}
            </p>
          </Note>
        ) : null}
      </div>
      {add.error ? (
        <div className="invite-said">
          <Note tone="bad" role="alert">
            <p>{failureText(add.error)}</p>
          </Note>
        </div>
      ) : null}
    </form>
  );
}

/** Read where it was typed, since somebody may type before the page listens. */
function typedIn(form: HTMLFormElement): { email: string; role: StaffRole } {
  const given = new FormData(form);
  return { email: String(given.get("email") ?? ""), role: STAFF_ROLES.find((known) => known === given.get("role")) ?? "support" };
}
