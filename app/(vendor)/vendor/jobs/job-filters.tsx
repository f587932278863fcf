"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { count } from "@/app/_components/counting";
import type { Outputs } from "@/app/_trpc/outputs";
import { type Address, AGES, hrefWith } from "./address";
import { STATUSES, statusWord } from "./job-badge";
import { functionWord } from "./job-words";

interface JobFiltersProps {
  address: Address;
  functions: Outputs["vendor"]["jobs"]["summary"]["functions"];
  institutions: readonly { slug: string; name: string }[];
}

/** By state, by function, by institution, by age: each is a part of the address, so that a filtered list can be sent to a colleague. */
export function JobFilters({ address, functions, institutions }: JobFiltersProps) {
  // The counts are those of the functions chosen; other filters are not counted, so none is shown beside them.
  const isCounted = address.institution === undefined && address.older === undefined;
  const lines = functions.filter(({ fnId }) => address.fn === undefined || fnId === address.fn);
  const names = [...new Set(functions.map(({ fnId }) => fnId))];
  const runs = (status: (typeof STATUSES)[number] | null): number =>
    lines.filter((line) => status === null || line.status === status).reduce((sum, line) => sum + line.runs, 0);
  return (
    <search className="filters" aria-label="Filter runs">
      <fieldset className="facets" aria-label="By state">
        {[null, ...STATUSES].map((status) => (
          <Link
            key={status ?? "all"}
            prefetch={false}
            scroll={false}
            href={hrefWith(address, { status })}
            aria-current={(address.status ?? null) === status ? "true" : undefined}
          >
            {status === null ? "All" : statusWord(status)} {isCounted ? <span className="muted">{count(runs(status))}</span> : null}
          </Link>
        ))}
      </fieldset>
      <Choice
        name="Function"
        chosen={address.fn}
        any="Any function"
        options={names.map((fnId) => ({ value: fnId, word: functionWord(fnId) }))}
        hrefOf={(fn) => hrefWith(address, { fn })}
      />
      <Choice
        name="Institution"
        chosen={address.institution}
        any="Any institution"
        options={institutions.map(({ slug, name }) => ({ value: slug, word: name }))}
        hrefOf={(institution) => hrefWith(address, { institution })}
      />
      <Choice
        name="Age"
        chosen={address.older === undefined ? undefined : String(address.older)}
        any="Any age"
        options={AGES.map(({ minutes, word }) => ({ value: String(minutes), word }))}
        hrefOf={(minutes) => hrefWith(address, { older: minutes === null ? null : Number(minutes) })}
      />
    </search>
  );
}

interface ChoiceProps {
  name: string;
  chosen: string | undefined;
  /** What no choice is called. */
  any: string;
  options: readonly { value: string; word: string }[];
  hrefOf: (value: string | null) => string;
}

function Choice({ name, chosen, any, options, hrefOf }: ChoiceProps) {
  const router = useRouter();
  const id = `by-${name.toLowerCase()}`;
  return (
    <>
      <label className="vh" htmlFor={id}>
        {name}
      </label>
      <select
        id={id}
        className="input sm school-select"
        value={chosen ?? ""}
        onChange={(event) => router.push(hrefOf(event.currentTarget.value || null), { scroll: false })}
      >
        <option value="">{any}</option>
        {options.map(({ value, word }) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </select>
    </>
  );
}
