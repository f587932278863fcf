"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { Button } from "@/app/_components/button";
import { Dialog } from "@/app/_components/dialog";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { useHydrated } from "@/app/_components/use-hydrated";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { STAFF_ROLES } from "@/server/auth/permissions";
import { STAFF_WORDS } from "./staff-words";

interface PersonProps {
  person: Outputs["vendor"]["staff"]["list"][number];
}

/** The role of a colleague as a choice; it counts as soon as it is chosen. */
export function StaffRole({ person }: PersonProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const hydrated = useHydrated();
  const change = useMutation(trpc.vendor.staff.changeRole.mutationOptions({ onSettled: () => router.refresh() }));
  return (
    <>
      <select
        className="input sm"
        // A choice before the page listens would be lost.
        disabled={!hydrated}
        aria-label={`Role of ${person.name ?? person.email}`}
        value={change.isPending ? change.variables.role : person.role}
        onChange={(event) => {
          const role = STAFF_ROLES.find((known) => known === event.currentTarget.value);
          if (role !== undefined) change.mutate({ accountId: person.accountId, role });
        }}
      >
        {STAFF_ROLES.map((role) => (
          <option key={role} value={role}>
            {STAFF_WORDS[role].name}
          </option>
        ))}
      </select>
      <span className="sub">{STAFF_WORDS[person.role].may}</span>
      {change.error ? (
        <span className="err" role="alert">
          {failureText(change.error)}
        </span>
      ) : null}
    </>
  );
}

/** Ends somebody's being staff, after a question. */
export function RemoveStaff({ person }: PersonProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const remove = useMutation(trpc.vendor.staff.remove.mutationOptions({ onSuccess: () => router.refresh() }));
  const who = person.name ?? person.email;
  return (
    <Asked
      button="Remove…"
      label={`Remove ${who}`}
      title={`Remove ${who} from the staff?`}
      act="Remove"
      asking={remove}
      onAct={() => remove.mutate({ accountId: person.accountId })}
    >
      The console closes for them at the next request. What they did stays under their name.
    </Asked>
  );
}

/** Takes a colleague's second factor away, for the day on which phone and recovery codes are lost. */
export function ResetFactor({ person }: PersonProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const reset = useMutation(trpc.vendor.staff.resetFactor.mutationOptions({ onSuccess: () => router.refresh() }));
  const who = person.name ?? person.email;
  return (
    <Asked
      button="Reset factor…"
      label={`Reset the second factor of ${who}`}
      title={`Reset the second factor of ${who}?`}
      act="Reset"
      asking={reset}
      onAct={() => reset.mutate({ accountId: person.accountId })}
    >
      Make sure that it is they who ask, by another way than e-mail: until they set a new one up, their mailbox alone opens that page.
    </Asked>
  );
}

interface AskedProps {
  button: string;
  label: string;
  title: string;
  act: string;
  asking: { isPending: boolean; error: unknown };
  onAct: () => void;
  children: ReactNode;
}

function Asked({ button, label, title, act, asking, onAct, children }: AskedProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" kind="danger" aria-label={label} onClick={() => setOpen(true)}>
        {button}
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        environment={null}
        title={title}
        footer={
          <>
            <Button data-first onClick={() => setOpen(false)}>
              Go back
            </Button>
            <Button kind="danger" aria-disabled={asking.isPending} onClick={onAct}>
              {act}
            </Button>
          </>
        }
      >
        <p className="small dialog-part">{children}</p>
        {asking.error ? (
          <Note tone="bad" role="alert">
            <p>{failureText(asking.error)}</p>
          </Note>
        ) : null}
      </Dialog>
    </>
  );
}
