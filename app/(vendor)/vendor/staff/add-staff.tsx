"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
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
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<StaffRole>("support");
  const add = useMutation(
    trpc.vendor.staff.add.mutationOptions({
      onSuccess: () => {
        setEmail("");
        router.refresh();
      },
    }),
  );
  return (
    <form
      className="section invite"
      aria-label="Add somebody"
      onSubmit={(event) => {
        event.preventDefault();
        if (!add.isPending) add.mutate({ email, role });
      }}
    >
      <div className="field">
        <label htmlFor="staff-email">Work e-mail</label>
        <input
          id="staff-email"
          className="input"
          type="email"
          autoComplete="off"
          required
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          dir="auto"
        />
      </div>
      <div className="field">
        <label htmlFor="staff-role">Role</label>
        <select
          id="staff-role"
          className="input"
          value={role}
          onChange={(event) => setRole(STAFF_ROLES.find((known) => known === event.currentTarget.value) ?? role)}
        >
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
