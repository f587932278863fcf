"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { failureText } from "@/app/_components/failure";
import { Note } from "@/app/_components/note";
import { Facts, Title } from "@/app/_components/page-head";
import { Section } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { useTRPC } from "@/app/_trpc/provider";
import { JobBadge } from "../job-badge";
import { functionWord, took, ZONE } from "../job-words";
import { AskButton } from "./ask-button";
import { JobNow } from "./job-now";
import { JobTimeline } from "./job-timeline";

type Job = Outputs["vendor"]["jobs"]["get"];

/** A run, asked anew while it has not ended. */
export function JobLive({ first, mayAct }: { first: Job; mayAct: boolean }) {
  const trpc = useTRPC();
  const { data: job, error } = useQuery(
    trpc.vendor.jobs.get.queryOptions(
      { id: first.id },
      { initialData: first, refetchInterval: ({ state }) => (state.data && !isActive(state.data) ? 10_000 : 2_000) },
    ),
  );
  return (
    <>
      <Title beside={<JobBadge status={job.status} />}>{sentence(job)}</Title>
      <Facts
        of={[
          ["Run", <code key="id">{job.id}</code>],
          ["Event", <code key="event">{job.trigger}</code>],
          ["Institution", job.institution ? <bdi key="name">{job.institution.name}</bdi> : "None"],
          ["Made", <When key="made" at={job.createdAt} zone={ZONE} />],
          ["Ended", job.endedAt ? <When key="ended" at={job.endedAt} zone={ZONE} /> : null],
          [
            "Again",
            job.retryOf ? (
              <Link key="again" prefetch={false} href={`/vendor/jobs/${job.retryOf}`}>
                of an earlier run
              </Link>
            ) : null,
          ],
          ["Reason", job.reason],
        ]}
      />
      {error ? (
        <Note tone="bad" role="alert">
          <p>{failureText(error)}</p>
        </Note>
      ) : null}
      {job.status === "failed" ? <Cause of={job} /> : null}
      {mayAct && job.status !== "completed" ? (
        <div className="row wrap watch">
          <AskButton key={job.status} verb={isActive(job) ? "cancel" : "retry"} job={job} />
        </div>
      ) : null}
      {job.now.length > 0 ? (
        <Section id="now" title="Now">
          <JobNow items={job.now} />
        </Section>
      ) : null}
      <Section id="timeline" title="Timeline" beside={<span className="small muted">UTC</span>}>
        {job.timeline.length === 0 ? <p className="soft">Nothing has happened yet.</p> : <JobTimeline events={job.timeline} />}
      </Section>
    </>
  );
}

/** The last thing that went wrong, before the story of how. */
function Cause({ of: job }: { of: Job }) {
  const last = job.timeline.findLast(({ error }) => error !== null);
  if (!last?.error) return null;
  return (
    <Note tone="bad">
      <p>
        <b>{last.step === null ? "The function" : `“${last.step}”`} failed for good:</b> <bdi>{last.error.message ?? last.error.name}</bdi>
      </p>
    </Note>
  );
}

const isActive = ({ status }: Job): boolean => status === "queued" || status === "running";

function sentence(job: Job): string {
  const name = functionWord(job.fnId);
  const lastedMs = job.startedAt && job.endedAt ? job.endedAt.getTime() - job.startedAt.getTime() : null;
  const after = lastedMs === null ? "" : ` after ${took(lastedMs)}`;
  switch (job.status) {
    case "queued":
      return `${name} waits for a worker.`;
    case "running":
      return job.now.some(({ worker }) => worker !== null) ? `${name} is at work.` : `${name} waits.`;
    case "completed":
      return `${name} ended well${after}.`;
    case "failed":
      return `${name} failed${after}.`;
    case "cancelled":
      return `${name} was cancelled${after}.`;
    default:
      return job.status satisfies never;
  }
}
