import type { Metadata } from "next";
import Link from "next/link";
import { lasting } from "@/app/_components/clock";
import { Note } from "@/app/_components/note";
import { Crumbs, Facts, Title } from "@/app/_components/page-head";
import { StateBadge } from "@/app/_components/state-badge";
import { When } from "@/app/_components/when";
import { api, asked } from "@/app/_trpc/server";
import { readsFiles, WORKING_STATES } from "@/server/roster/run";
import { kindWord, triggerWord } from "../run-words";
import { type RunParams, runOf } from "./_run";
import { Findings } from "./findings-summary";
import { HoldBox } from "./hold-box";
import { LiveRun } from "./live-run";
import { Matrix } from "./matrix";
import { ModeQuestion } from "./mode-question";
import { ReportCommitBar } from "./report-commit-bar";
import { ReportTimeline } from "./report-timeline";
import { headline } from "./run-headline";
import { EnrollmentDates, FilesOfRun, TieOutBySchool } from "./tie-out";
import { UndoPart } from "./undo-part";
import { WelcomePart } from "./welcome-part";
import { WhyFailed } from "./why-failed";

export async function generateMetadata({ params }: { params: Promise<RunParams> }): Promise<Metadata> {
  const { run } = await runOf(params);
  return { title: `Run ${run.number}` };
}

/** Everything about one run: how it stands, what it would change or changed, and where every row that was read went. */
export default async function RunPage({ params }: { params: Promise<RunParams> }) {
  const { here, run, report } = await runOf(params);
  const { base, zone, place, can } = here;
  const isWorking = WORKING_STATES.some((state) => state === run.state);
  return (
    <>
      <main id="main" className="main">
        <Crumbs up={[{ href: `${base}/runs`, word: "Runs" }]} here={`Run ${run.number}`} />
        <Title beside={<StateBadge state={run.state} beating={isWorking && !run.stalled} />}>{headline(run)}</Title>
        {isWorking ? (
          <LiveRun
            here={{ place, zone, canCancel: can("run:discard") }}
            run={liveFacts(run)}
            email={here.session.account.email}
            initial={await progressOf(place, run.number)}
          />
        ) : (
          <>
            <Facts
              of={[
                ["Prepared", run.preparedAt ? <When key="prepared" at={run.preparedAt} zone={zone} /> : null],
                ["By", `${run.by?.name ?? triggerWord(run.trigger)}, ${kindWord(run.kind)}`],
                ["From", <bdi key="feed">{run.feed.name}</bdi>],
                ["Compared with", run.baseSeq ? `commit ${run.baseSeq}` : "an empty roster"],
                [here.words.schools.title, run.schools ? String(run.schools.length) : "all"],
                ["Took", run.preparedAt ? lasting(run.preparedAt.getTime() - run.createdAt.getTime()) : null],
                [
                  "Prepared again as",
                  run.againAs === null ? null : (
                    <Link key="again" href={`${base}/runs/${run.againAs}`}>
                      run {run.againAs}
                    </Link>
                  ),
                ],
                ["Ended", run.endedAt ? <When key="ended" at={run.endedAt} zone={zone} /> : null],
              ]}
            />
            {run.state === "failed" ? (
              <WhyFailed base={base} run={run} canSend={can("delivery:create") && place.environment === "preview"} />
            ) : run.reason ? (
              <p className="lede">{run.reason}</p>
            ) : null}
            {run.triesSettings ? (
              <Note tone="info">
                <p>
                  <b>Prepared with options that are not saved.</b> Committing this plan saves them for Preview too.{" "}
                  <Link href={`/i/${place.institution}/configure?feed=${run.feed.id}`}>Look at the options</Link>
                </p>
              </Note>
            ) : null}
            <UndoPart here={here} run={run} />
            <HoldBox here={{ place, report, can: { override: can("run:override") } }} run={run} />
            <ModeQuestion
              place={place}
              feed={run.feed}
              question={run.modeQuestion}
              contradicts={run.issues.some((issue) => issue.code === "SPEC_FORBIDS")}
              canAnswer={can("feed:manage")}
            />
            <Matrix base={base} report={report} run={run} environment={place.environment} words={here.words} />
            <WelcomePart here={here} run={run} report={report} />
            {readsFiles(run.trigger) ? (
              <>
                <FilesOfRun base={base} report={report} run={run} />
                <EnrollmentDates run={run} />
                <TieOutBySchool base={base} report={report} run={run} words={here.words} />
              </>
            ) : null}
            <div className="cols even section">
              <Findings report={report} run={run} />
              <ReportTimeline run={run} zone={zone} />
            </div>
          </>
        )}
      </main>
      {isWorking ? null : <ReportCommitBar here={here} run={run} report={report} />}
    </>
  );
}

const progressOf = async (place: Awaited<ReturnType<typeof runOf>>["here"]["place"], run: number) =>
  asked((await api()).runs.progress({ ...place, run }));

function liveFacts(run: Awaited<ReturnType<typeof runOf>>["run"]) {
  return {
    number: run.number,
    state: run.state,
    kind: run.kind,
    isFirst: !run.baseSeq,
    createdAt: run.createdAt,
    by: run.by?.name ?? triggerWord(run.trigger),
    feed: run.feed.name,
  };
}
