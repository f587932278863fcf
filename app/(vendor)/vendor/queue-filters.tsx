"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { count } from "@/app/_components/counting";
import { QueueKeys } from "./queue-keys";
import { BLOCKED, type Institution } from "./stage-words";

interface QueueFiltersProps {
  address: { kind?: string; owner?: string; source?: string };
  queue: readonly Institution[];
}

/** By reason, owner and source; each stands in the address, so that a queue can be sent to a colleague. */
export function QueueFilters({ address, queue }: QueueFiltersProps) {
  const router = useRouter();
  const hrefWith = (change: Partial<QueueFiltersProps["address"]>): string => {
    const query = new URLSearchParams(Object.entries({ ...address, ...change }).flatMap(([key, value]) => (value ? [[key, value]] : [])));
    return query.size === 0 ? "/vendor" : `/vendor?${query}`;
  };
  const sources = [...new Set(queue.flatMap((one) => one.sources))].toSorted((a, b) => a.localeCompare(b));
  return (
    <search className="filters" aria-label="Filter the queue">
      <fieldset className="facets" aria-label="By reason">
        <Link prefetch={false} scroll={false} href={hrefWith({ kind: "" })} aria-current={address.kind ? undefined : "true"}>
          All <span className="muted">{count(queue.length)}</span>
        </Link>
        {BLOCKED.map(({ kind, word }) => (
          <Link
            key={kind}
            prefetch={false}
            scroll={false}
            href={hrefWith({ kind })}
            aria-current={address.kind === kind ? "true" : undefined}
          >
            {word} <span className="muted">{count(queue.filter((one) => one.blocked?.kind === kind).length)}</span>
          </Link>
        ))}
      </fieldset>
      <label className="vh" htmlFor="by-owner">
        Owner
      </label>
      <select
        id="by-owner"
        className="input sm"
        value={address.owner ?? ""}
        onChange={(event) => router.push(hrefWith({ owner: event.currentTarget.value }), { scroll: false })}
      >
        <option value="">Any owner</option>
        <option value="me">Me</option>
        <option value="nobody">Nobody</option>
      </select>
      <label className="vh" htmlFor="by-source">
        Source
      </label>
      <select
        id="by-source"
        className="input sm"
        value={address.source ?? ""}
        onChange={(event) => router.push(hrefWith({ source: event.currentTarget.value }), { scroll: false })}
      >
        <option value="">Any source</option>
        {sources.map((source) => (
          <option key={source}>{source}</option>
        ))}
      </select>
      {queue.length === 0 ? null : <QueueKeys />}
    </search>
  );
}
