import type { Metadata } from "next";
import { counted } from "@/app/_components/counting";
import { Crumbs, Facts, Title } from "@/app/_components/page-head";
import { StateBadge } from "@/app/_components/state-badge";
import { sumOf } from "@/app/_components/sums";
import { When } from "@/app/_components/when";
import { api, asked } from "@/app/_trpc/server";
import { consoleOf } from "../../../_console";
import { type RunParams, runOf } from "../_run";
import { ActionList, type ActionPage } from "./action-list";
import { type Filter, parseFilter } from "./filter";
import { Filters } from "./filters";

/** So many rows come with the page itself, which stays well below 300 KB; more are read by the browser when it stands. */
const SIZE_IN_PAGE = 50;

interface ActionsPageProps {
  params: Promise<RunParams>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: ActionsPageProps): Promise<Metadata> {
  return { title: `Changes of run ${(await runOf(params)).run.number}` };
}

/** The rows of the page, asked for beside the report of their run. */
async function rowsOf(params: Promise<RunParams>, filter: Filter): Promise<ActionPage | null> {
  if (filter.size > SIZE_IN_PAGE) return null;
  const { place } = await consoleOf(params);
  return asked((await api()).changes.list({ ...place, run: Number((await params).run), ...filter.query }));
}

/** Every change of a plan, a page at a time, each with its check box. */
export default async function ActionsPage({ params, searchParams }: ActionsPageProps) {
  const filter = parseFilter(await searchParams);
  const rows = rowsOf(params, filter);
  // What fails of them is met where they are shown: a run that does not exist is said first.
  rows.catch(() => undefined);
  const { here, run, report } = await runOf(params);
  const { base, place, institution, zone, can } = here;
  const hasPlan = run.state === "ready" || run.state === "held" || run.state === "committed";
  const [page, schools] = await Promise.all([
    hasPlan ? rows : null,
    run.schoolsTieOut.length > 0 || run.baseSeq ? (await api()).roster.schools(place) : [],
  ]);
  const total = sumOf(run.selection.on) + sumOf(run.selection.off);
  const verb = run.state === "committed" ? "in" : "from";
  return (
    <div className="page-column" data-density="dense">
      <main id="main" className="main wide actions-main">
        <Crumbs
          up={[
            { href: `${base}/runs`, word: "Runs" },
            { href: report, word: `Run ${run.number}` },
          ]}
          here="Changes"
        />
        <div className="row wrap actions-head">
          <Title beside={run.state === "ready" ? null : <StateBadge state={run.state} />}>
            Run {run.number}: {counted(total, "change")} {verb} {run.feed.name}
          </Title>
          <Facts
            push
            of={[
              ["Compared with", run.baseSeq ? `commit ${run.baseSeq}` : "an empty roster"],
              ["Prepared", run.preparedAt ? <When key="at" at={run.preparedAt} zone={zone} /> : null],
            ]}
          />
        </div>
        {hasPlan ? (
          <>
            <Filters path={`${report}/actions`} filter={filter} run={run} schools={schools} words={here.words} />
            <ActionList
              here={{ place, base, institutionName: institution.name, path: `${report}/actions` }}
              run={{
                number: run.number,
                state: run.state,
                selection: run.selection,
                planned: { byEntity: run.counts, byPart: run.people },
                next: run.next,
                mayChoose: can("run:choose") && (run.state === "ready" || run.state === "held"),
                mayCommit: can("run:commit") && (run.state === "ready" || run.state === "held"),
              }}
              filter={filter}
              initial={page}
            />
          </>
        ) : (
          <p className="lede">
            This run has no plan to look at: {run.reason ?? "it ended before one was ready."} Its counts and findings stay on its report.
          </p>
        )}
      </main>
    </div>
  );
}
