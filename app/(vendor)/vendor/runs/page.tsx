import type { Metadata } from "next";
import Link from "next/link";
import { z } from "zod";
import { LinkButton } from "@/app/_components/button";
import { lasting } from "@/app/_components/clock";
import { Env } from "@/app/_components/env";
import { Title } from "@/app/_components/page-head";
import { Scroll } from "@/app/_components/section";
import { StateBadge, stateWord } from "@/app/_components/state-badge";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";

export const metadata: Metadata = { title: "Runs" };

interface VendorRunsProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The states that somebody looks for; the others are found in the whole list. */
const FACETS = ["ready", "held", "committing", "committed", "failed"] as const;

const one = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const Address = z.object({
  state: one(z.enum(FACETS)),
  institution: one(z.string().min(1).max(63)),
  after: one(z.string().max(200)),
});

/** Runs of every institution, newest first. */
export default async function VendorRunsPage({ searchParams }: VendorRunsProps) {
  const address = Address.parse(await searchParams);
  const { rows, nextCursor } = await asked((await api()).vendor.runs.list(address));
  const hrefWith = (change: Partial<Record<keyof typeof address, string | null>>): string => {
    const query = new URLSearchParams(
      Object.entries({ ...address, after: null, ...change }).flatMap(([key, value]) => (value ? [[key, value]] : [])),
    );
    return query.size === 0 ? "/vendor/runs" : `/vendor/runs?${query}`;
  };
  const name = address.institution ? rows[0]?.institution : undefined;
  return (
    <>
      <Title lede="States and numbers; what a run would change is read inside its institution.">
        {address.institution ? `Runs of ${name ?? address.institution}` : "Runs of all institutions, newest first"}
      </Title>
      <search className="filters" aria-label="Filter runs">
        <fieldset className="facets" aria-label="By state">
          {[null, ...FACETS].map((state) => (
            <Link
              key={state ?? "all"}
              prefetch={false}
              scroll={false}
              href={hrefWith({ state })}
              aria-current={(address.state ?? null) === state ? "true" : undefined}
            >
              {state === null ? "All" : stateWord(state)}
            </Link>
          ))}
        </fieldset>
        {address.institution ? (
          <LinkButton size="sm" href={hrefWith({ institution: null })}>
            Every institution
          </LinkButton>
        ) : null}
      </search>
      {rows.length === 0 ? <p className="lede">No run fits this filter.</p> : <RunTable rows={rows} />}
      <nav className="row wrap pages" aria-label="Pages">
        {address.after ? (
          <LinkButton size="sm" href={hrefWith({})}>
            Newest runs
          </LinkButton>
        ) : null}
        {nextCursor ? (
          <LinkButton size="sm" href={hrefWith({ after: nextCursor })}>
            Older runs
          </LinkButton>
        ) : null}
      </nav>
    </>
  );
}

function RunTable({ rows }: { rows: Outputs["vendor"]["runs"]["list"]["rows"] }) {
  return (
    <Scroll label="Runs">
      <table className="ledger fold mid" aria-label="Runs">
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Institution</th>
            <th scope="col">State</th>
            <th scope="col">Where</th>
            <th scope="col">Started</th>
            <th scope="col" className="num">
              Took
            </th>
            <th scope="col">Feed</th>
            <th scope="col">Note</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((run) => (
            <tr key={`${run.slug} ${run.number}`}>
              <th scope="row" className="nowrap">
                Run {run.number}
              </th>
              <td data-l="Institution">
                <Link prefetch={false} className="hit" href={`/vendor/institutions/${run.slug}`}>
                  <bdi>{run.institution}</bdi>
                </Link>
              </td>
              <td data-l="State" className="nowrap">
                <StateBadge state={run.state} />
              </td>
              <td data-l="Where">
                <Env name={run.environment} />
              </td>
              <td data-l="Started" className="nowrap">
                <When at={run.createdAt} zone={run.timeZone} />
              </td>
              <td data-l="Took" className="num">
                {run.workedUntil ? lasting(run.workedUntil.getTime() - run.createdAt.getTime()) : <span className="muted">–</span>}
              </td>
              <td data-l="Feed">
                <bdi>{run.feed}</bdi>
              </td>
              <td data-l="Note" className="small">
                {run.reason ?? ""}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
