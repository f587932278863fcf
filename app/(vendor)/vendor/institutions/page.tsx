import type { Metadata } from "next";
import Link from "next/link";
import { z } from "zod";
import { lasting } from "@/app/_components/clock";
import { count, counted } from "@/app/_components/counting";
import { Env } from "@/app/_components/env";
import { Title } from "@/app/_components/page-head";
import { Scroll } from "@/app/_components/section";
import { StateBadge } from "@/app/_components/state-badge";
import { When } from "@/app/_components/when";
import { api, asked } from "@/app/_trpc/server";
import { staffCan } from "@/server/auth/permissions";
import { sizeWords } from "../queue-table";
import { type Institution, STAGES, stageWord } from "../stage-words";
import { InviteInstitution } from "./invite-institution";

export const metadata: Metadata = { title: "Institutions" };

interface InstitutionsProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

const one = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const Address = z.object({ stage: one(z.enum(STAGES)), text: one(z.string().trim().min(1).max(100)) });

/** Every institution with its stage, its source and what blocks it. */
export default async function InstitutionsPage({ searchParams }: InstitutionsProps) {
  const { stage, text } = Address.parse(await searchParams);
  const ask = await api();
  const [institutions, { staffRole }] = await Promise.all([asked(ask.vendor.institutions.list()), asked(ask.session.get())]);
  const named = institutions.filter((each) => text === undefined || `${each.name} ${each.slug}`.toLowerCase().includes(text.toLowerCase()));
  const shown = named.filter((each) => stage === undefined || each.stage === stage);
  const hrefOf = (to: string | null): string => {
    const query = new URLSearchParams({ ...(to === null ? {} : { stage: to }), ...(text === undefined ? {} : { text }) });
    return query.size === 0 ? "/vendor/institutions" : `/vendor/institutions?${query}`;
  };
  const live = institutions.filter((each) => each.stage === "live").length;
  return (
    <>
      <Title
        beside={staffRole !== null && staffCan(staffRole, "institution:create") ? <InviteInstitution /> : null}
        lede="The stage follows what happened; nobody types it in."
      >
        {`${counted(institutions.length, "institution")}, ${count(live)} of them live`}
      </Title>
      <search className="filters" aria-label="Filter institutions">
        <fieldset className="facets" aria-label="By stage">
          {[null, ...STAGES].map((each) => (
            <Link
              key={each ?? "all"}
              prefetch={false}
              scroll={false}
              href={hrefOf(each)}
              aria-current={(stage ?? null) === each ? "true" : undefined}
            >
              {each === null ? "All" : stageWord(each)}{" "}
              <span className="muted">{count(named.filter((of) => each === null || of.stage === each).length)}</span>
            </Link>
          ))}
        </fieldset>
        <form className="search" action="/vendor/institutions">
          <label className="vh" htmlFor="find-institution">
            Find an institution
          </label>
          <input id="find-institution" name="text" type="search" placeholder="Find an institution" defaultValue={text} />
          {stage ? <input type="hidden" name="stage" value={stage} /> : null}
        </form>
      </search>
      {shown.length === 0 ? <p className="lede">No institution fits this filter.</p> : <InstitutionTable institutions={shown} />}
    </>
  );
}

function InstitutionTable({ institutions }: { institutions: readonly Institution[] }) {
  return (
    <Scroll label="Institutions">
      <table className="ledger fold mid names" aria-label="Institutions">
        <thead>
          <tr>
            <th scope="col">Institution</th>
            <th scope="col">Source</th>
            <th scope="col">Stage</th>
            <th scope="col" className="num">
              In stage
            </th>
            <th scope="col">Last run</th>
            <th scope="col">Last good sync</th>
            <th scope="col">What blocks</th>
            <th scope="col">Owner</th>
            <th scope="col" className="num">
              Members
            </th>
          </tr>
        </thead>
        <tbody>
          {institutions.map((each) => (
            <tr key={each.slug}>
              <th scope="row">
                <Link prefetch={false} className="hit" href={`/vendor/institutions/${each.slug}`}>
                  <bdi>{each.name}</bdi>
                </Link>
                <span className="sub">{sizeWords(each)}</span>
              </th>
              <td data-l="Source">{each.sources.join(", ") || <span className="muted">None yet</span>}</td>
              <td data-l="Stage" className="nowrap">
                {stageWord(each.stage)}
              </td>
              <td data-l="In stage" className="num">
                {lasting(Date.now() - each.stageSince.getTime())}
              </td>
              <td data-l="Last run" className="nowrap">
                {each.lastRun ? (
                  <>
                    <StateBadge state={each.lastRun.state} />
                    <span className="sub">
                      <Env name={each.lastRun.environment} more={`, run ${each.lastRun.number}`} />
                    </span>
                  </>
                ) : (
                  <span className="muted">None yet</span>
                )}
              </td>
              <td data-l="Last good sync" className="nowrap">
                {each.committedAt ? <When at={each.committedAt} zone={each.timeZone} /> : "Never"}
              </td>
              <td data-l="What blocks">{each.blocked?.text ?? <span className="muted">Nothing</span>}</td>
              <td data-l="Owner" className={each.owner ? "nowrap" : "nowrap muted"}>
                {each.owner ? <bdi>{each.owner.name}</bdi> : "Nobody"}
              </td>
              <td data-l="Members" className="num">
                {count(each.members)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
