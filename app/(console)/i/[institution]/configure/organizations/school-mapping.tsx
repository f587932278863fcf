"use client";

import { useMutation } from "@tanstack/react-query";
import { failureText } from "@/app/_components/failure";
import { Value } from "@/app/_components/value";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { OrganizationChoice } from "./organization-choice";
import { useAnew } from "./use-anew";

interface SchoolMappingProps {
  institution: string;
  mapping: Outputs["organizations"]["mapping"];
  canEdit: boolean;
}

/** Every school and district of the files with the organization that it belongs to. */
export function SchoolMapping({ institution, mapping, canEdit }: SchoolMappingProps) {
  const trpc = useTRPC();
  const map = useMutation(trpc.organizations.mapSchool.mutationOptions(useAnew()));
  if (mapping.schools.length === 0) return <p className="soft">The schools of your files appear here with the first plan.</p>;
  return (
    <div className="stack">
      <table className="ledger mid fold" aria-label="Schools and their organizations">
        <thead>
          <tr>
            <th scope="col">In your files</th>
            <th scope="col">Source key</th>
            <th scope="col">Organization</th>
          </tr>
        </thead>
        <tbody>
          {mapping.schools.map((school) => (
            <tr key={school.key}>
              <th scope="row">
                <Value of={school.name} />
                <span className="sub">{school.type ?? "of no type"}</span>
              </th>
              <td data-l="Source key">
                <code>
                  <Value of={school.key} />
                </code>
              </td>
              <td data-l="Organization">
                <OrganizationChoice
                  label={`Organization of ${school.name}`}
                  chosen={school.organizationId}
                  none="None yet"
                  organizations={mapping.organizations}
                  disabled={!canEdit || map.isPending}
                  onChoose={(organization) => map.mutate({ institution, school: school.key, organization })}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {map.error ? (
        <p role="alert" className="err">
          {failureText(map.error)}
        </p>
      ) : null}
    </div>
  );
}
