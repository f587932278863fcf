import { and, asc, desc, eq, inArray } from "drizzle-orm";
import type { z } from "zod";
import type { Transaction } from "@/db/client";
import { feeds, runFiles, runSchools, runs } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { OPEN_STATES } from "@/server/roster/run";
import { labelOf } from "@/server/services/feeds/label";
import { unansweredFiles } from "@/server/services/feeds/mode-question";
import { parseCounts, parseRunCounts } from "./counts";
import { deltaDeliveries, takenDeliveries } from "./deliveries";
import { entityOf } from "./entity-of";
import { issueTotals } from "./issue-totals";
import { nextStep } from "./next-step";
import { namesOf } from "./people";
import { type FoundEnvironment, findRun, isWaiting, RunPlace, type RunRow } from "./place";
import type { ReportFile, RunReport } from "./report";
import { selectionOf } from "./selection";
import { isStalled } from "./stalled";
import { timelineOf } from "./timeline";
import { verdictOf } from "./verdict";

/** The whole report of a run. Throws NOT_FOUND. */
export async function getRun(actor: TenantActor, raw: z.input<typeof RunPlace>): Promise<RunReport> {
  authorize(actor, "run:read");
  const input = RunPlace.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const { run, environment } = await findRun(tx, actor, input);
    if (isWaiting(run) && actor.can("run:choose")) await touch(tx, run);
    return reportOf(tx, actor, { run, environment });
  });
}

async function reportOf(tx: Transaction, actor: TenantActor, of: { run: RunRow; environment: FoundEnvironment }): Promise<RunReport> {
  const { run, environment } = of;
  const now = new Date();
  const counts = parseRunCounts(run.counts);
  const [feed] = await tx
    .select()
    .from(feeds)
    .where(and(eq(feeds.institutionId, actor.institutionId), eq(feeds.id, run.feedId)));
  if (feed === undefined) throw new Error("A run without its feed");
  // Asked together, they reach the database in one go instead of one after the other.
  const [nameOf, files, selection, schoolsTieOut, issues, taken, deltas, timeline, again, undo] = await Promise.all([
    namesOf(tx, [run.startedBy, run.decidedBy]),
    filesOf(tx, run),
    selectionOf(tx, run),
    schoolsOf(tx, run),
    issueTotals(tx, run),
    takenDeliveries(tx, run),
    deltaDeliveries(tx, run),
    timelineOf(tx, actor, run),
    againOf(tx, run),
    undoOf(tx, run),
  ]);
  const verdict = verdictOf(run, selection);
  const named = (id: number | null) => {
    const name = nameOf(id);
    return name === null ? null : { name };
  };
  return {
    number: run.number,
    id: run.id,
    state: run.state,
    stalled: isStalled(run, now),
    kind: run.kind,
    trigger: run.trigger,
    autoCommit: run.autoCommit,
    schools: run.schools,
    triesSettings: isWaiting(run) && run.settingsVersion > feed.draftVersion,
    feed: { id: feed.id, name: feed.name, sourceLabel: labelOf(feed.source) },
    by: named(run.startedBy),
    decidedBy: named(run.decidedBy),
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    preparedAt: run.preparedAt,
    endedAt: run.endedAt,
    heartbeatAt: run.heartbeatAt,
    cancelRequested: run.cancelRequestedAt !== null,
    baseSeq: run.baseSeq,
    commitSeq: run.commitSeq,
    headSeq: environment.headSeq,
    reason: run.reason,
    reasonCode: run.reasonCode,
    counts: {
      orgs: counts.orgs,
      academicSessions: counts.academicSessions,
      courses: counts.courses,
      classes: counts.classes,
      users: counts.users,
      enrollments: counts.enrollments,
      relationships: counts.relationships,
    },
    people: counts.people,
    verdict,
    files,
    schoolsTieOut,
    relationshipsSaid: counts.said.relationships,
    enrollments: counts.dated,
    issues,
    modeQuestion: await unansweredFiles(tx, feed, files),
    deliveries: taken,
    deltaDeliveries: deltas.length,
    selection,
    timeline,
    next: nextStep({ run, environment, verdict, can: (permission) => actor.can(permission) }),
    isUndoable: run.commitSeq !== null && run.commitSeq > environment.historyFromSeq,
    detailRemovedAt: run.detailRemovedAt,
    ...again,
    ...undo,
  };
}

async function filesOf(tx: Transaction, run: RunRow): Promise<ReportFile[]> {
  const rows = await tx
    .select()
    .from(runFiles)
    .where(and(eq(runFiles.institutionId, run.institutionId), eq(runFiles.runId, run.id)))
    .orderBy(asc(runFiles.position), asc(runFiles.name));
  return rows.map((row) => ({
    name: row.name,
    entity: entityOf(row.entity),
    mode: row.mode,
    bytes: row.bytes,
    encoding: row.encoding,
    digest: row.digest,
    rows: row.rows,
    mergedInto: row.mergedInto,
    counts: parseCounts(row.counts),
  }));
}

async function schoolsOf(tx: Transaction, run: RunRow): Promise<RunReport["schoolsTieOut"]> {
  const rows = await tx
    .select()
    .from(runSchools)
    .where(and(eq(runSchools.institutionId, run.institutionId), eq(runSchools.runId, run.id)))
    .orderBy(asc(runSchools.schoolName), asc(runSchools.schoolKey));
  return rows.flatMap((row) => {
    const entity = entityOf(row.entity);
    return entity === null ? [] : [{ key: row.schoolKey, name: row.schoolName, entity, counts: parseCounts(row.counts) }];
  });
}

async function againOf(tx: Transaction, run: RunRow): Promise<Pick<RunReport, "againOf" | "againAs">> {
  const [later] = await tx
    .select({ number: runs.number })
    .from(runs)
    .where(and(eq(runs.institutionId, run.institutionId), eq(runs.againOf, run.id)))
    .orderBy(desc(runs.number))
    .limit(1);
  if (run.againOf === null) return { againOf: null, againAs: later?.number ?? null };
  const [earlier] = await tx
    .select({ number: runs.number })
    .from(runs)
    .where(and(eq(runs.institutionId, run.institutionId), eq(runs.id, run.againOf)));
  return { againOf: earlier?.number ?? null, againAs: later?.number ?? null };
}

async function undoOf(tx: Transaction, run: RunRow): Promise<Pick<RunReport, "undoOf" | "undoReason" | "undoneBy">> {
  const [by] = await tx
    .select({ run: runs.number, state: runs.state })
    .from(runs)
    .where(
      and(eq(runs.institutionId, run.institutionId), eq(runs.undoOf, run.id), inArray(runs.state, ["queued", ...OPEN_STATES, "committed"])),
    )
    .orderBy(desc(runs.number))
    .limit(1);
  const [of] =
    run.undoOf === null
      ? []
      : await tx
          .select({ number: runs.number })
          .from(runs)
          .where(and(eq(runs.institutionId, run.institutionId), eq(runs.id, run.undoOf)));
  return { undoOf: of?.number ?? null, undoReason: run.undoReason, undoneBy: by ?? null };
}

/** A plan that somebody looked at within the hour delays automatic runs (R38); once a minute is exact enough. */
async function touch(tx: Transaction, run: RunRow): Promise<void> {
  const now = new Date();
  if (run.touchedAt !== null && now.getTime() - run.touchedAt.getTime() < 60_000) return;
  await tx
    .update(runs)
    .set({ touchedAt: now })
    .where(and(eq(runs.institutionId, run.institutionId), eq(runs.id, run.id)));
}
