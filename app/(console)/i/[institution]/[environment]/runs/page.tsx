import type { Metadata } from "next";
import Link from "next/link";
import { LinkButton } from "@/app/_components/button";
import { lasting } from "@/app/_components/clock";
import { count, counted } from "@/app/_components/counting";
import { Empty } from "@/app/_components/empty";
import { environmentWord } from "@/app/_components/env";
import { OpCount } from "@/app/_components/op";
import { Verdict } from "@/app/_components/page-head";
import { Scroll } from "@/app/_components/section";
import { StateBadge } from "@/app/_components/state-badge";
import { sumOf } from "@/app/_components/sums";
import { When } from "@/app/_components/when";
import { ACTION_WORDS } from "@/app/_components/words";
import type { Outputs } from "@/app/_trpc/outputs";
import { api, asked } from "@/app/_trpc/server";
import { ACTIONS } from "@/server/roster/change";
import { type ConsoleParams, consoleOf } from "../_console";
import { kindWord, outcomeWords, triggerWord, typeWord } from "./run-words";

export const metadata: Metadata = { title: "Runs" };

interface HistoryProps {
  params: Promise<ConsoleParams>;
  searchParams: Promise<{ before?: string }>;
}

/** Every run of this environment, newest first. */
export default async function HistoryPage({ params, searchParams }: HistoryProps) {
  const here = await consoleOf(params);
  const { before } = await searchParams;
  const { base, place, zone, can } = here;
  const cursor = before && /^\d{1,9}$/.test(before) ? Number(before) : null;
  const { rows, nextCursor } = await asked((await api()).runs.list({ ...place, limit: 50, cursor }));
  const where = environmentWord(place.environment);
  if (rows.length === 0) {
    return (
      <main id="main" className="main">
        <Verdict>{cursor === null ? `There were no runs in ${where} yet.` : "There are no older runs."}</Verdict>
        <Empty
          title={
            place.environment === "preview"
              ? "The first run shows what your files would change"
              : "Production fills through an approved promotion"
          }
          action={
            place.environment === "preview" && can("delivery:create") ? (
              <LinkButton kind="go" href={`${base}/upload`}>
                Send files
              </LinkButton>
            ) : null
          }
        >
          Nothing is written before somebody has looked at it.
        </Empty>
      </main>
    );
  }
  return (
    <main id="main" className="main wide">
      <Verdict lede="A run reads what was sent, says what it would change, and changes nothing until it is committed.">
        {latestSentence(rows, where)}
      </Verdict>
      <div className="section">
        <Scroll label="Runs">
          <table className="ledger fold mid" aria-label="Runs">
            <thead>
              <tr>
                <th scope="col">Run</th>
                <th scope="col">State</th>
                <th scope="col">Started</th>
                <th scope="col">By</th>
                <th scope="col">Type</th>
                <th scope="col" className="num">
                  Rows read
                </th>
                <th scope="col" className="num">
                  In error
                </th>
                {ACTIONS.map((action) => (
                  <th key={action} scope="col" className="num">
                    {ACTION_WORDS[action].title}
                  </th>
                ))}
                <th scope="col" className="num">
                  Changes
                </th>
                <th scope="col">Note</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((run) => (
                <RunRow key={run.number} run={run} base={base} zone={zone} />
              ))}
            </tbody>
          </table>
        </Scroll>
        <nav className="row wrap pages" aria-label="Pages">
          {cursor === null ? null : (
            <LinkButton size="sm" href={`${base}/runs`}>
              Newest runs
            </LinkButton>
          )}
          {nextCursor === null ? null : (
            <LinkButton size="sm" href={`${base}/runs?before=${nextCursor}`}>
              Older runs
            </LinkButton>
          )}
        </nav>
      </div>
    </main>
  );
}

type RunLine = Outputs["runs"]["list"]["rows"][number];

function latestSentence(rows: readonly RunLine[], where: string): string {
  const committed = rows.find((run) => run.state === "committed");
  const waiting = rows.find((run) => run.state === "ready" || run.state === "held");
  if (waiting) return `Run ${waiting.number} waits for a decision; ${where} has not changed since.`;
  return committed ? `Run ${committed.number} was the last to be committed to ${where}.` : `No run was committed to ${where} yet.`;
}

function RunRow({ run, base, zone }: { run: RunLine; base: string; zone: string }) {
  const report = `${base}/runs/${run.number}`;
  const tookMs = run.preparedAt ? run.preparedAt.getTime() - run.createdAt.getTime() : null;
  return (
    <tr>
      <th scope="row">
        <Link prefetch={false} className="hit nowrap" href={report}>
          Run {run.number}
        </Link>
      </th>
      <td data-l="State">
        <StateBadge state={run.state} />
        {run.stalled ? <span className="sub">silent for a minute</span> : null}
      </td>
      <td data-l="Started" className="nowrap">
        <Link prefetch={false} className="hit" href={report}>
          <When at={run.createdAt} zone={zone} />
        </Link>
        {tookMs === null ? null : <span className="sub">took {lasting(tookMs)}</span>}
      </td>
      <td data-l="By">
        <bdi>{run.by ?? triggerWord(run.trigger)}</bdi>
        <span className="sub">
          <bdi>{run.feed}</bdi>
        </span>
      </td>
      <td data-l="Type">
        {kindWord(run.kind)}
        <span className="sub">{typeWord(run.trigger).toLowerCase()}</span>
      </td>
      <td data-l="Rows read" className="num">
        {count(run.read)}
      </td>
      <td data-l="In error" className={run.rejected === 0 ? "num zero" : "num"}>
        {run.rejected === 0 ? (
          "0"
        ) : (
          <Link prefetch={false} className="hit" href={`${report}/findings?severity=error`}>
            {count(run.rejected)}
          </Link>
        )}
      </td>
      {ACTIONS.map((action) => (
        <td key={action} className={run.changes[action] === 0 ? "num zero" : "num"} data-l={ACTION_WORDS[action].title}>
          <OpCount action={action} n={run.changes[action]} href={`${report}/actions?action=${action}`} />
        </td>
      ))}
      <td data-l="All changes" className="num">
        {sumOf(run.changes) === 0 ? <span className="zero">0</span> : count(sumOf(run.changes))}
      </td>
      <td data-l="Note" className="small">
        {run.state === "committed" ? outcomeSentence(run) : (run.reason ?? outcomeSentence(run))}
        {run.leftOut > 0 ? <span className="sub">{counted(run.leftOut, "change")} left out</span> : null}
      </td>
    </tr>
  );
}

const outcomeSentence = (run: RunLine): string => {
  const words = outcomeWords(run);
  return words.charAt(0).toUpperCase() + words.slice(1);
};
