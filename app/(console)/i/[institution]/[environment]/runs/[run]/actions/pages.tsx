"use client";

import { useRouter } from "next/navigation";
import { Button, LinkButton } from "@/app/_components/button";
import { type Filter, hrefWith } from "./filter";
import { isCut, nextPlace, previousPlace } from "./trail";

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
  const before = previousPlace(address);
  const previous = before === null ? null : hrefWith(path, address, before);
  const next = cursor === null ? null : hrefWith(path, address, nextPlace(address, cursor));
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
        ) : isCut(address) ? (
          <LinkButton size="sm" href={hrefWith(path, address, { after: null, trail: null, page: null })}>
            To the first page
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
