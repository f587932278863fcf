import Link from "next/link";
import { lasting } from "@/app/_components/clock";
import { Scroll } from "@/app/_components/section";
import { When } from "@/app/_components/when";
import type { Outputs } from "@/app/_trpc/outputs";
import { JobBadge } from "./job-badge";
import { functionWord, took, ZONE } from "./job-words";

type Job = Outputs["vendor"]["jobs"]["list"]["jobs"][number];

/** Runs of functions, one a line; each leads to its steps. */
export function JobTable({ jobs }: { jobs: readonly Job[] }) {
  return (
    <Scroll label="Runs of functions">
      <table className="ledger mid fold" aria-label="Runs of functions">
        <thead>
          <tr>
            <th scope="col">Function</th>
            <th scope="col">State</th>
            <th scope="col">Institution</th>
            <th scope="col">Made</th>
            <th scope="col" className="num">
              Age
            </th>
            <th scope="col" className="num">
              Took
            </th>
            <th scope="col">Note</th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <tr key={job.id}>
              <th scope="row">
                <Link prefetch={false} className="hit nowrap" href={`/vendor/jobs/${job.id}`}>
                  {functionWord(job.fnId)}
                </Link>
                <span className="sub nowrap only-wide">{job.id}</span>
              </th>
              <td className="nowrap" data-l="State">
                <JobBadge status={job.status} />
              </td>
              <td data-l="Institution">
                {job.institution ? (
                  <>
                    <bdi>{job.institution.name}</bdi>
                    <span className="sub">{job.institution.slug}</span>
                  </>
                ) : (
                  <span className="muted">None</span>
                )}
              </td>
              <td className="nowrap" data-l="Made">
                <When at={job.createdAt} zone={ZONE} />
              </td>
              <td className="num" data-l="Age">
                {lasting(job.ageMs)}
              </td>
              <td className="num" data-l="Took">
                {job.startedAt && job.endedAt ? took(job.endedAt.getTime() - job.startedAt.getTime()) : <span className="muted">–</span>}
              </td>
              <td className={job.retryOf || job.reason ? "small" : "small zero"} data-l="Note">
                {job.retryOf ? "Run again by hand" : ""}
                {job.reason ? <span className="sub">{job.reason}</span> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
