import type { TenantActor } from "@/server/auth/actor";
import { type Counts, noCounts } from "@/server/roster/change";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import type { Issue } from "@/server/roster/issue";
import type { EnvironmentName } from "@/server/roster/run";
import { listIssues } from "@/server/services/issues/list";
import { getRun } from "@/server/services/runs/get";
import type { HoldReason } from "@/server/services/runs/verdict";

/** How many findings a report lists; the run's own pages list the rest. */
const ISSUES_SHOWN = 200;

/** What `sync --json` prints: a contract, described in the README. */
export interface SyncReport {
  /** The run's number; null where the delivery itself was refused. */
  readonly run: number | null;
  readonly state: string;
  readonly counts: Readonly<Record<Entity, Counts>>;
  readonly holds: readonly Pick<HoldReason, "kind" | "entity" | "file" | "count" | "of" | "limit" | "text">[];
  readonly issues: readonly Pick<Issue, "severity" | "code" | "at" | "column" | "seen" | "detail">[];
}

/** The report of a run as it stands, or of a delivery that was refused at the door. */
export async function reportOf(
  actor: TenantActor,
  of: { environment: EnvironmentName; run: number | null; issues: readonly Issue[] },
): Promise<SyncReport> {
  if (of.run === null) {
    const counts = Object.fromEntries(ENTITIES.map((entity) => [entity, noCounts()])) as Record<Entity, Counts>;
    return { run: null, state: "refused", counts, holds: [], issues: of.issues.slice(0, ISSUES_SHOWN).map(issueLine) };
  }
  const place = { environment: of.environment, run: of.run };
  // A command that looks is no person who is looking: it must not delay anybody's run.
  const reader: TenantActor = { ...actor, can: (permission) => permission !== "run:choose" && actor.can(permission) };
  const run = await getRun(reader, place);
  const { rows } = await listIssues(reader, { ...place, limit: ISSUES_SHOWN });
  const counts = Object.fromEntries(ENTITIES.map((entity) => [entity, countsOf(run.counts[entity])])) as Record<Entity, Counts>;
  const holds = run.state === "held" ? (run.verdict?.reasons ?? []) : [];
  return {
    run: run.number,
    state: run.state,
    counts,
    holds: holds.map(({ kind, entity, file, count, of: all, limit, text }) => ({ kind, entity, file, count, of: all, limit, text })),
    issues: rows.map(({ severity, code, at, column, seen, detail }) => ({
      severity,
      code: code as Issue["code"],
      at,
      ...(column === null ? {} : { column }),
      ...(seen === null ? {} : { seen }),
      detail,
    })),
  };
}

/** The same for people. */
export function textOf(report: SyncReport): string {
  const lines = [report.run === null ? "The delivery was refused." : `Run ${report.run} is ${report.state}.`];
  for (const [entity, counts] of Object.entries(report.counts)) {
    const told = Object.entries(counts).filter(([, n]) => n > 0);
    if (told.length > 0) lines.push(`  ${entity.padEnd(16)} ${told.map(([name, n]) => `${name} ${n}`).join(", ")}`);
  }
  for (const hold of report.holds) lines.push(`Held: ${hold.text}`);
  for (const issue of report.issues) lines.push(`${issue.severity.padEnd(8)} ${issue.code} ${issue.at} ${issue.detail}`);
  return lines.join("\n");
}

const countsOf = (from: Counts): Counts => {
  const { read, add, edit, archive, reactivate, rekey, unchanged, rejected, refused, ignored } = from;
  return { read, add, edit, archive, reactivate, rekey, unchanged, rejected, refused, ignored };
};

const issueLine = ({ severity, code, at, column, seen, detail }: Issue): SyncReport["issues"][number] => ({
  severity,
  code,
  at,
  ...(column === undefined ? {} : { column }),
  ...(seen === undefined ? {} : { seen }),
  detail,
});
