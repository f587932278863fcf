"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { failureText } from "@/app/_components/failure";
import { useTRPC } from "@/app/_trpc/provider";

interface OwnerChoiceProps {
  institution: string;
  owner: number | null;
  staff: readonly { id: number; name: string }[];
}

/** Who of the staff looks after this institution. */
export function OwnerChoice({ institution, owner, staff }: OwnerChoiceProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const set = useMutation(trpc.vendor.institutions.setOwner.mutationOptions({ onSuccess: () => router.refresh() }));
  return (
    <div className="field">
      <label className="vh" htmlFor="institution-owner">
        Owner
      </label>
      <select
        id="institution-owner"
        className="input"
        value={owner ?? ""}
        aria-disabled={set.isPending}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          set.mutate({ institution, owner: chosen === "" ? null : Number(chosen) });
        }}
      >
        <option value="">Nobody</option>
        {staff.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      {set.error ? (
        <p role="alert" className="err">
          {failureText(set.error)}
        </p>
      ) : null}
    </div>
  );
}
