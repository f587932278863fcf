"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/app/_components/button";
import { failureText } from "@/app/_components/failure";
import { Value } from "@/app/_components/value";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { OrganizationChoice } from "./organization-choice";
import { useAnew } from "./use-anew";

interface HierarchyProps {
  institution: string;
  mapping: Outputs["organizations"]["mapping"];
  canEdit: boolean;
}

/** The organizations, each with the one above it; a further one is made below the table. */
export function Hierarchy({ institution, mapping, canEdit }: HierarchyProps) {
  const trpc = useTRPC();
  const anew = useAnew();
  const [name, setName] = useState("");
  const update = useMutation(trpc.organizations.update.mutationOptions(anew));
  const remove = useMutation(trpc.organizations.remove.mutationOptions(anew));
  const create = useMutation(trpc.organizations.create.mutationOptions(anew));
  const failure = update.error ?? remove.error ?? create.error;
  const isUsed = (id: number): boolean =>
    mapping.schools.some((school) => school.organizationId === id) || mapping.organizations.some((one) => one.parentId === id);
  return (
    <div className="stack">
      {mapping.organizations.length === 0 ? (
        <p className="soft">There are none yet.</p>
      ) : (
        <table className="ledger mid fold" aria-label="Organizations">
          <thead>
            <tr>
              <th scope="col">Organization</th>
              <th scope="col">Stands below</th>
              <th scope="col">
                <span className="vh">Action</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {mapping.organizations.map((one) => (
              <tr key={one.id}>
                <th scope="row">
                  <Value of={one.name} />
                </th>
                <td data-l="Stands below">
                  <OrganizationChoice
                    label={`${one.name} stands below`}
                    chosen={one.parentId}
                    none="Nothing: it stands on top"
                    organizations={mapping.organizations.filter((other) => other.id !== one.id)}
                    disabled={!canEdit || update.isPending}
                    onChoose={(parent) => update.mutate({ institution, organization: one.id, parent })}
                  />
                </td>
                <td>
                  {canEdit && !isUsed(one.id) ? (
                    <Button
                      size="sm"
                      aria-label={`Remove ${one.name}`}
                      aria-disabled={remove.isPending}
                      onClick={() => remove.mutate({ institution, organization: one.id })}
                    >
                      Remove
                    </Button>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {failure ? (
        <p role="alert" className="err">
          {failureText(failure)}
        </p>
      ) : null}
      {canEdit ? (
        <form
          className="row wrap"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() === "" || create.isPending) return;
            create.mutate({ institution, name: name.trim() });
            setName("");
          }}
        >
          <label className="vh" htmlFor="new-organization">
            Name of a further organization
          </label>
          <input
            id="new-organization"
            className="input sm"
            maxLength={200}
            placeholder="A further organization"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" size="sm" aria-disabled={name.trim() === "" || create.isPending}>
            Create
          </Button>
        </form>
      ) : null}
    </div>
  );
}
