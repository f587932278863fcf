"use client";

import { useMutation } from "@tanstack/react-query";
import { failureText } from "@/app/_components/failure";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { useAnew } from "./use-anew";

interface PortalModeProps {
  institution: string;
  mapping: Outputs["organizations"]["mapping"];
  canEdit: boolean;
}

/** The switch between a single-school and a multi-school portal, and the one school of the former. */
export function PortalMode({ institution, mapping, canEdit }: PortalModeProps) {
  const trpc = useTRPC();
  const set = useMutation(trpc.organizations.setMode.mutationOptions(useAnew()));
  const schools = mapping.schools.filter((school) => school.type === "school");
  return (
    <div className="stack">
      <fieldset className="plain stack">
        <legend className="vh">One school or many</legend>
        <label className="opt">
          <input
            type="radio"
            name="portal-mode"
            checked={mapping.mode === "multi"}
            disabled={!canEdit || set.isPending}
            onChange={() => set.mutate({ institution, mode: "multi" })}
          />
          <span>
            Many schools
            <span className="sub">
              Partition organizations: every school is an organization, and runs are over the schools that you choose.
            </span>
          </span>
        </label>
        <label className="opt">
          <input
            type="radio"
            name="portal-mode"
            checked={mapping.mode === "single"}
            disabled={!canEdit || set.isPending}
            onChange={() => set.mutate({ institution, mode: "single", school: null })}
          />
          <span>
            One school<span className="sub">No organizations. Choose which school of the files is synced, or leave all of them.</span>
          </span>
        </label>
      </fieldset>
      {mapping.mode === "single" ? (
        <div className="field">
          <label htmlFor="one-school">The school that is synced</label>
          <select
            id="one-school"
            className="input school-select"
            value={mapping.schoolKey ?? ""}
            disabled={!canEdit || set.isPending}
            aria-describedby="one-school-hint"
            onChange={(event) => set.mutate({ institution, mode: "single", school: event.currentTarget.value || null })}
          >
            <option value="">Every school of the files</option>
            {schools.map((school) => (
              <option key={school.key} value={school.key}>
                {school.name}
              </option>
            ))}
          </select>
          <span id="one-school-hint" className="hint">
            A run that is started without choosing schools is then over this one alone.
          </span>
        </div>
      ) : null}
      {set.error ? (
        <p role="alert" className="err">
          {failureText(set.error)}
        </p>
      ) : null}
    </div>
  );
}
