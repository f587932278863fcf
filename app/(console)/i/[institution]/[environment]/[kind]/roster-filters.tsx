"use client";

import { Search } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { counted } from "@/app/_components/counting";
import { Icon } from "@/app/_components/icon";
import type { LabelWords } from "@/server/roster/labels";
import type { Kind } from "./_kinds";

interface RosterFiltersProps {
  path: string;
  kind: Kind;
  address: { text?: string; school?: string; archived?: string };
  schools: readonly { key: string; name: string }[];
  words: LabelWords;
}

const PLACEHOLDERS: Readonly<Record<Kind, string>> = {
  schools: "Name or id begins with…",
  teachers: "Any part of name, e-mail or id",
  students: "Any part of name, e-mail or id",
  classes: "Name, code or id begins with…",
};

/** Text, school and archived; all of it stands in the address, so that a list can be sent to a colleague. */
export function RosterFilters({ path, kind, address, schools, words }: RosterFiltersProps) {
  const router = useRouter();
  const [text, setText] = useState(address.text ?? "");
  const go = (change: Partial<RosterFiltersProps["address"]>): void => {
    const query = new URLSearchParams(
      Object.entries({ ...address, after: undefined, ...change }).flatMap(([key, value]) => (value ? [[key, value]] : [])),
    );
    router.push(query.size === 0 ? path : `${path}?${query}`, { scroll: false });
  };
  return (
    <search className="filters" aria-label="Filter the list">
      <form
        className="search"
        onSubmit={(event) => {
          event.preventDefault();
          go({ text: text.trim() });
        }}
      >
        <label className="vh" htmlFor="find">
          Find
        </label>
        <Icon of={Search} />
        <input
          id="find"
          type="search"
          placeholder={PLACEHOLDERS[kind]}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            if (event.currentTarget.value === "" && address.text) go({ text: "" });
          }}
        />
      </form>
      {kind === "schools" || schools.length === 0 ? null : (
        <>
          <label className="vh" htmlFor="school">
            {words.schools.one.charAt(0).toUpperCase() + words.schools.one.slice(1)}
          </label>
          <select
            id="school"
            className="input sm school-select"
            value={address.school ?? ""}
            onChange={(event) => go({ school: event.currentTarget.value })}
          >
            <option value="">All {counted(schools.length, words.schools.one, words.schools.many)}</option>
            {schools.map((school) => (
              <option key={school.key} value={school.key}>
                {school.name}
              </option>
            ))}
          </select>
        </>
      )}
      <label className="opt small">
        <input
          type="checkbox"
          checked={address.archived === "1"}
          onChange={(event) => go({ archived: event.currentTarget.checked ? "1" : "" })}
        />
        Show archived ones too
      </label>
    </search>
  );
}
