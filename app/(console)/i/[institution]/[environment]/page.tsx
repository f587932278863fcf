import type { Metadata } from "next";
import { environmentWord } from "@/app/_components/env";
import { api } from "@/app/_trpc/server";
import { WAITING_STATES, WORKING_STATES } from "@/server/roster/run";
import { type ConsoleParams, consoleOf } from "./_console";
import { Integration } from "./integration";
import { NothingWaits } from "./nothing-waits";
import { RecentRuns } from "./recent-runs";
import { RosterCounts } from "./roster-counts";
import { StartRun } from "./start-run";
import { startScope } from "./start-scope";
import { StatusVerdict } from "./status-verdict";
import { SendFiles } from "./upload/send-files";
import { WaitingPlan } from "./waiting-plan";
import { WatchRun } from "./watch-run";

export const metadata: Metadata = { title: "Status" };

const isOneOf = (states: readonly string[], state: string): boolean => states.includes(state);

/** What is true now in this environment, what waits for a decision, and the way to the next sync. */
export default async function StatusPage({ params }: { params: Promise<ConsoleParams> }) {
  const here = await consoleOf(params);
  const { place, environment, institution, zone, base, can } = here;
  const ask = await api();
  const isFirst = environment.headSeq === 0;
  const [{ rows: runs }, mapping, schools] = await Promise.all([
    ask.runs.list({ ...place, limit: 30 }),
    ask.organizations.mapping({ institution: place.institution }),
    isFirst ? [] : ask.roster.schools(place),
  ]);
  const scope = startScope(mapping, schools);
  const working = runs.find((run) => isOneOf(WORKING_STATES, run.state)) ?? null;
  const waitingRow = runs.find((run) => isOneOf(WAITING_STATES, run.state)) ?? null;
  const waiting = waitingRow ? await ask.runs.get({ ...place, run: waitingRow.number }) : null;
  const isPreview = place.environment === "preview";
  const neverSynced = isFirst && runs.length === 0;
  return (
    <main id="main" className="main">
      <div className="cols">
        <div>
          <StatusVerdict
            here={here}
            working={working}
            waiting={waiting}
            latest={runs[0] ?? null}
            committed={runs.find((run) => run.state === "committed") ?? null}
          />
          {working ? <WatchRun place={place} number={working.number} state={working.state} /> : null}
          {waiting ? <WaitingPlan here={here} run={waiting} /> : null}
          {!isPreview && !isFirst && waiting === null && working === null ? <NothingWaits here={here} /> : null}
          {neverSynced && isPreview && can("delivery:create") ? (
            <SendFiles
              place={place}
              feeds={institution.feeds}
              source={institution.sources[0]}
              isFirst
              scope={scope}
              zone={zone}
              withOptions={false}
            />
          ) : null}
          {neverSynced ? null : <RosterCounts here={here} runs={runs} waiting={waiting} />}
        </div>
        <div className="aside">
          {(isPreview ? !neverSynced : environment.automaticAt !== null) && can("run:start") ? (
            <section aria-labelledby="sync-now">
              <header>
                <h2 id="sync-now">Sync now</h2>
              </header>
              <p className="soft">Compares the newest files with {environmentWord(place.environment)}. Preparing writes nothing.</p>
              <div className="row wrap aside-action">
                <StartRun place={place} feeds={institution.feeds} isFirst={isFirst} scope={scope} replaces={waiting?.number ?? null} />
              </div>
            </section>
          ) : null}
          <RecentRuns base={base} runs={runs.slice(0, 6)} zone={zone} />
          <Integration here={here} />
          <AboutTimesAndHelp here={here} />
        </div>
      </div>
    </main>
  );
}

function AboutTimesAndHelp({ here }: { here: Awaited<ReturnType<typeof consoleOf>> }) {
  const { institution, zone, base } = here;
  return (
    <section aria-labelledby="about">
      <header>
        <h2 id="about">Good to know</h2>
      </header>
      <ul className="stack facts-list">
        <li>All times are in {zone}.</li>
        <li>
          {institution.helpContact ? (
            <>
              Help: <bdi>{institution.helpContact}</bdi>
            </>
          ) : (
            "No help contact is set for this institution."
          )}
        </li>
        <li>
          Only roster fields are read: no birth dates, gender, race, grades or attendance.{" "}
          <a href={`${base}/data-use`}>What we read and keep</a>
        </li>
      </ul>
    </section>
  );
}
