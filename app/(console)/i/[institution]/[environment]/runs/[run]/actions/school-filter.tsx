"use client";

import { useRouter } from "next/navigation";
import { counted } from "@/app/_components/counting";
import { useLabelWords } from "@/app/_components/label-words";
import { type Filter, hrefWith } from "./filter";

interface SchoolFilterProps {
  schools: readonly { key: string; name: string }[];
  chosen: string;
  hrefs: { path: string; address: Filter["address"] };
}

/** One school, or all. */
export function SchoolFilter({ schools, chosen, hrefs }: SchoolFilterProps) {
  const router = useRouter();
  const words = useLabelWords().schools;
  return (
    <>
      <label className="vh" htmlFor="school">
        {words.one.charAt(0).toUpperCase() + words.one.slice(1)}
      </label>
      <select
        id="school"
        className="input sm school-select"
        value={chosen}
        onChange={(event) =>
          router.push(hrefWith(hrefs.path, hrefs.address, { school: event.currentTarget.value || null }), { scroll: false })
        }
      >
        <option value="">All {counted(schools.length, words.one, words.many)}</option>
        {schools.map((school) => (
          <option key={school.key} value={school.key}>
            {school.name}
          </option>
        ))}
      </select>
    </>
  );
}
