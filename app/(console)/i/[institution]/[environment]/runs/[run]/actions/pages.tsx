"use client";

import { useRouter } from "next/navigation";
import { Button, LinkButton } from "@/app/_components/button";
import { type Filter, hrefWith } from "./filter";

/** Stands in the trail for the first page, which begins after nothing. */
const FIRST = "-";

interface PagesProps {
  path: string;
  filter: Filter;
  /** Where the next page begins. */
  next: string | null;
  /** Which rows these are. */
  words: string;
}

/** Page by page, by keyset: forward from the last row, back along the places where earlier pages began. */
export function Pages({ path, filter, next: cursor, words }: PagesProps) {
  const router = useRouter();
  const { address } = filter;
  const trail = address.trail?.split("~") ?? [];
  const last = trail.at(-1);
  const previous =
    last === undefined
      ? null
      : hrefWith(path, address, { after: last === FIRST ? null : last, trail: trail.slice(0, -1).join("~") || null });
  const next = cursor === null ? null : hrefWith(path, address, { after: cursor, trail: [...trail, address.after ?? FIRST].join("~") });
  return (
    <nav className="row wrap pages" aria-label="Pages">
      <span className="small soft">{words}, archives first</span>
      <span className="push row">
        <label className="small" htmlFor="rows">
          Rows
        </label>
        <select
          id="rows"
          className="input sm"
          value={filter.size}
          onChange={(event) => router.push(hrefWith(path, address, { limit: event.currentTarget.value }), { scroll: false })}
        >
          <option>50</option>
          <option>100</option>
          <option>200</option>
        </select>
        {previous ? (
          <LinkButton size="sm" href={previous}>
            Previous
          </LinkButton>
        ) : (
          <Button size="sm" aria-disabled>
            Previous
          </Button>
        )}
        {next ? (
          <LinkButton size="sm" href={next}>
            Next {filter.size}
          </LinkButton>
        ) : (
          <Button size="sm" aria-disabled>
            Next
          </Button>
        )}
      </span>
    </nav>
  );
}
