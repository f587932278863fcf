import type { Metadata } from "next";
import Link from "next/link";
import { LinkButton } from "@/app/_components/button";
import { count, counted } from "@/app/_components/counting";
import { Empty } from "@/app/_components/empty";
import { environmentWord } from "@/app/_components/env";
import { Verdict } from "@/app/_components/page-head";
import { Removals } from "@/app/_components/removals";
import { Section } from "@/app/_components/section";
import { stateWord } from "@/app/_components/state-badge";
import { When } from "@/app/_components/when";
import { api, asked } from "@/app/_trpc/server";
import { type ConsoleParams, consoleOf } from "../_console";
import { LogAddress, logHref } from "./_address";
import { RunLog } from "./run-log";

export const metadata: Metadata = { title: "Log" };

interface LogProps {
  params: Promise<ConsoleParams>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** How many runs the page lets one choose among; older ones have their log at their report. */
const RUNS = 10;

/** The warnings of the last commit, or of another of the newest runs. */
export default async function LogPage({ params, searchParams }: LogProps) {
  const here = await consoleOf(params);
  const { place, base, zone } = here;
  const address = LogAddress.parse(await searchParams);
  const ask = await api();
  const { rows } = await asked(ask.runs.list({ ...place, limit: RUNS }));
  const runs = rows.filter((run) => run.preparedAt !== null);
  const open = runs.find((run) => run.number === address.run) ?? runs.find((run) => run.state === "committed") ?? runs[0];
  const where = environmentWord(place.environment);
  if (open === undefined) {
    return (
      <main id="main" className="main">
        <Verdict>{`Nothing was prepared for ${where} yet, so there is nothing to warn of.`}</Verdict>
        <Empty title="Warnings appear here with the first run" action={<Link href={base}>See the status</Link>}>
          A warning drops or repairs one value and says so at the action that it belongs to.
        </Empty>
      </main>
    );
  }
  const [log, removals] = await Promise.all([
    asked(ask.overview.log({ ...place, run: open.number, code: address.code, after: address.after })),
    asked(ask.overview.removals({ institution: place.institution })),
  ]);
  const total = log.groups.reduce((sum, group) => sum + group.total, 0);
  return (
    <main id="main" className="main">
      <Verdict
        lede={
          <>
            <Link href={`${base}/runs/${open.number}`}>Run {open.number}</Link>, {stateWord(open.state).toLowerCase()},{" "}
            <When at={open.endedAt ?? open.preparedAt ?? open.createdAt} zone={zone} />.{" "}
            {open.rejected > 0 ? (
              <>
                A warning leaves the row in; {counted(open.rejected, "row is", "rows are")} in error and left out:{" "}
                <Link href={`${base}/runs/${open.number}/findings?severity=error`}>see why</Link>.
              </>
            ) : null}
          </>
        }
      >
        {total === 0
          ? `Run ${open.number} has no warning${open.rejected > 0 ? `, and ${counted(open.rejected, "row")} in error` : ""}.`
          : `Run ${open.number} has ${counted(total, "warning")}.`}
      </Verdict>
      <div className="row wrap section">
        <span className="small muted">Run:</span>
        {runs.map((run) => (
          <LinkButton
            key={run.number}
            size="sm"
            href={logHref(`${base}/log`, { run: String(run.number) })}
            aria-current={run.number === open.number ? "page" : undefined}
          >
            {count(run.number)}
          </LinkButton>
        ))}
      </div>
      {total === 0 ? null : (
        <RunLog
          log={log}
          code={address.code}
          isFirst={address.after === undefined}
          report={`${base}/runs/${open.number}`}
          hrefWith={(parts) => logHref(`${base}/log`, { run: String(open.number), ...parts })}
          zone={zone}
        />
      )}
      {removals.length === 0 ? null : (
        <Section id="removed" title="Removed because their time was over">
          <Removals of={removals} zone={zone} label="Removed because their time was over" />
        </Section>
      )}
    </main>
  );
}
