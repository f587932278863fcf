"use client";

import { useQuery } from "@tanstack/react-query";
import { LinkButton } from "@/app/_components/button";
import { lasting } from "@/app/_components/clock";
import { count } from "@/app/_components/counting";
import { Empty } from "@/app/_components/empty";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { Title } from "@/app/_components/page-head";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { type Address, hrefWith, questionOf } from "./address";
import { JobFilters } from "./job-filters";
import { JobTable } from "./job-table";

type Summary = Outputs["vendor"]["jobs"]["summary"];

interface JobsLiveProps {
  address: Address;
  /** As the page was made; asked anew every few seconds. */
  first: { summary: Summary; list: Outputs["vendor"]["jobs"]["list"] };
  institutions: readonly { slug: string; name: string }[];
}

/** The list of runs with its filters, kept up to date while it is looked at. */
export function JobsLive({ address, first, institutions }: JobsLiveProps) {
  const trpc = useTRPC();
  const summary = useQuery(trpc.vendor.jobs.summary.queryOptions(undefined, { initialData: first.summary, refetchInterval: 5_000 }));
  const list = useQuery(trpc.vendor.jobs.list.queryOptions(questionOf(address), { initialData: first.list, refetchInterval: 3_000 }));
  const { jobs, next } = list.data;
  const error = list.error ?? summary.error;
  return (
    <>
      <Title lede={standing(summary.data)}>{sentence(summary.data)}</Title>
      {error ? (
        <Note tone="bad" role="alert">
          <p>{failureText(error)}</p>
        </Note>
      ) : null}
      <JobFilters address={address} functions={summary.data.functions} institutions={institutions} />
      {jobs.length === 0 ? (
        <Empty
          title={summary.data.functions.length === 0 ? "No function has run yet" : "No run fits this filter"}
          action={summary.data.functions.length === 0 ? null : <LinkButton href="/vendor/jobs">Show every run</LinkButton>}
        >
          A run stands here from the moment its event was written, and for 30 days after its end.
        </Empty>
      ) : (
        <JobTable jobs={jobs} />
      )}
      <nav className="row wrap pages" aria-label="Pages">
        {address.after === undefined ? null : (
          <LinkButton size="sm" href={hrefWith(address, {})}>
            Newest runs
          </LinkButton>
        )}
        {next === null ? null : (
          <LinkButton size="sm" href={hrefWith(address, { after: next })}>
            Older runs
          </LinkButton>
        )}
      </nav>
    </>
  );
}

const runsIn = ({ functions }: Summary, ...statuses: string[]): number =>
  functions.filter(({ status }) => statuses.includes(status)).reduce((sum, { runs }) => sum + runs, 0);

function sentence(summary: Summary): string {
  const failed = runsIn(summary, "failed");
  const active = runsIn(summary, "queued", "running");
  const now = active === 0 ? "none is under way" : `${active === 1 ? "one is" : `${count(active)} are`} under way`;
  if (failed === 0) return `No job failed; ${now}.`;
  return `${failed === 1 ? "One job" : `${count(failed)} jobs`} failed; ${now}.`;
}

function standing(summary: Summary): string {
  const { due, underWay, later, oldestDueMs } = summary.queue;
  const oldestMs = Math.max(0, ...summary.functions.map((line) => line.oldestMs ?? 0));
  const oldest = oldestMs === 0 ? "" : `The oldest that has not ended is ${lasting(oldestMs)} old. `;
  const waits = due === 0 || oldestDueMs === null ? "" : `, the first for ${lasting(oldestDueMs)}`;
  return `${oldest}Calls: ${count(underWay)} at work, ${count(due)} due${waits}, ${count(later)} for later. Ended runs are kept for 30 days; times are UTC.`;
}
