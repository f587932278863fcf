import { and, eq, inArray } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import type { PlanRef } from "@/db/plan";
import { changes, choices, feeds, runFiles } from "@/db/schema";
import type { Action } from "@/server/roster/change";
import type { Entity } from "@/server/roster/entities";
import type { EnvironmentName } from "@/server/roster/run";
import { type Labels, labelsOf, type NamedEntity, nameFrom, nameIn } from "@/server/services/roster/labels";
import { entityOf } from "@/server/services/runs/entity-of";
import { namesOf } from "@/server/services/runs/people";
import type { RunRow } from "@/server/services/runs/place";
import { versionsBefore } from "./before";
import { changedFields, type FieldDifference, namedFields, referredKeys, type VersionCells } from "./fields";
import { followers } from "./followers";
import type { PlannedRow } from "./page";
import { type Warning, warningsOf } from "./warnings";
import { causeText, parseOffDetail, type Reason, reasonOf, whyText } from "./why";

/** One change as people review it. */
export interface ChangeRow {
  readonly entity: Entity;
  readonly sourceKey: string;
  /** For the link to the record's page; null before its first commit. */
  readonly sourcedId: string | null;
  readonly action: Action;
  readonly person: "student" | "teacher" | null;
  readonly name: string;
  /** Whose record it is, where a plan is not one feed's own: two feeds may have the same source key. */
  readonly feed: string | null;
  /** The school's name; null where the record has none. */
  readonly school: string | null;
  readonly fields: readonly FieldDifference[];
  readonly reason: Reason;
  readonly why: string;
  readonly warnings: readonly Warning[];
  readonly on: boolean;
  readonly cause?: "person" | "before" | "follows" | "named";
  readonly causeText?: string;
  /** Whether a press can turn it on: what follows others, or is still named, cannot. */
  readonly canToggle: boolean;
  /** What of the plan goes with it: enrollments of a class or a person. */
  readonly follows: { readonly enrollments?: number };
  /** `users.csv:1042`; null for what no file holds. */
  readonly place: string | null;
}

/** Everything that a page shows beside its rows is read for this page only: versions before, names, warnings, who left out what. */
export async function describeChanges(
  tx: Transaction,
  of: { plan: PlanRef; run: RunRow; environment: EnvironmentName; rows: readonly PlannedRow[]; timeZone: string },
): Promise<ChangeRow[]> {
  const { plan, run, rows } = of;
  if (rows.length === 0) return [];
  // Asked together, they reach the database in one go instead of one after the other.
  const [before, files, reasons, warnings, follow, whoOf, feedNames] = await Promise.all([
    versionsBefore(tx, plan, rows),
    filesByEntity(tx, run),
    storedReasons(tx, run, rows),
    warningsOf(tx, run, rows),
    followers(tx, plan, rows),
    leaversOf(tx, run, rows),
    feedNamesOf(tx, run),
  ]);
  const labels = await labelsFor(tx, plan, { rows, before });
  const place = of.environment === "preview" ? "Preview" : "Production";
  return rows.map((row) => {
    const reason = reasonOf(row, reasons.get(keyOf(row)) ?? null);
    const file = files.get(row.entity) ?? null;
    const was = before(row);
    const role = row.cells.primary_role;
    return {
      entity: row.entity,
      sourceKey: row.sourceKey,
      sourcedId: was === null && run.state !== "committed" ? null : (row.sourcedId ?? row.sourceKey),
      action: row.action,
      person: row.entity === "users" && (role === "student" || role === "teacher") ? role : null,
      name: displayName(row, labels),
      feed: feedNames.get(row.feedId) ?? null,
      school: schoolOf(row, labels),
      fields: namedFields(row.entity, row.action === "archive" ? [statusField(was, row)] : changedFields(row.entity, was, row), labels),
      reason,
      why: whyText({ row, reason, file, environment: place, trigger: run.trigger }),
      warnings: warnings.get(keyOf(row)) ?? [],
      on: row.off === null,
      ...offOf(row, { who: whoOf(row), timeZone: of.timeZone }, labels),
      follows: follow.get(keyOf(row)) ?? {},
      place: row.line > 0 && file !== null ? `${file}:${row.line}` : null,
    };
  });
}

/** The feeds' names, where rows of several stand in one plan: an undo and a promotion are of the whole environment. */
async function feedNamesOf(tx: Transaction, run: RunRow): Promise<ReadonlyMap<number, string>> {
  if (run.trigger !== "undo" && run.trigger !== "promotion") return new Map();
  const found = await tx.select({ id: feeds.id, name: feeds.name }).from(feeds).where(eq(feeds.institutionId, run.institutionId));
  return found.length < 2 ? new Map() : new Map(found.map(({ id, name }) => [id, name]));
}

const keyOf = (row: { entity: Entity; sourceKey: string }): string => `${row.entity} ${row.sourceKey}`;

const statusField = (before: VersionCells | null, row: PlannedRow): FieldDifference => ({
  field: "status",
  before: before?.status ?? "active",
  after: row.status,
});

function offOf(
  row: PlannedRow,
  by: { who: string | null; timeZone: string },
  labels: Labels,
): Pick<ChangeRow, "cause" | "causeText" | "canToggle"> {
  if (row.off === null) return { canToggle: true };
  const { cause } = row.off;
  const known = cause === "person" || cause === "before" || cause === "named" ? cause : "follows";
  return { cause: known, causeText: causeText(row.off, by, labels), canToggle: known === "person" || known === "before" };
}

/** Enrollments and relationships are called by the two records that they join. */
function displayName(row: PlannedRow, labels: Labels): string {
  if (row.entity === "enrollments") {
    return `${nameIn(labels, "users", row.cells.user_key ?? "")} in ${nameIn(labels, "classes", row.cells.class_key ?? "")}`;
  }
  if (row.entity === "relationships") {
    return `${nameIn(labels, "users", row.cells.related_user_key ?? "")}, ${row.cells.kind ?? "related"} of ${nameIn(labels, "users", row.cells.user_key ?? "")}`;
  }
  return nameFrom(row.entity, row.cells, row.sourceKey);
}

function schoolOf(row: PlannedRow, labels: Labels): string | null {
  const { cells } = row;
  const keys = row.entity === "users" ? (cells.org_keys?.split(",") ?? []) : [cells.school_key ?? cells.org_key ?? null];
  const named = keys.filter((key) => key !== null).map((key) => nameIn(labels, "orgs", key));
  return named.length === 0 ? null : named.join(", ");
}

async function labelsFor(
  tx: Transaction,
  plan: PlanRef,
  of: { rows: readonly PlannedRow[]; before(row: PlannedRow): VersionCells | null },
): Promise<Labels> {
  const { rows, before } = of;
  const wanted = new Map<NamedEntity, Set<string>>();
  const want = (entity: Entity, key: string) => {
    if (entity === "enrollments" || entity === "relationships") return;
    const keys = wanted.get(entity) ?? new Set();
    wanted.set(entity, keys.add(key));
  };
  for (const row of rows) {
    for (const each of referredKeys(row.entity, row.cells)) want(each.entity, each.key);
    for (const each of referredKeys(row.entity, before(row)?.cells ?? {})) want(each.entity, each.key);
    const detail = parseOffDetail(row.off?.detail);
    if (detail.entity !== undefined && detail.sourceKey !== undefined) want(detail.entity, detail.sourceKey);
  }
  return labelsOf(tx, plan, wanted);
}

async function filesByEntity(tx: Transaction, run: RunRow): Promise<Map<Entity, string>> {
  const rows = await tx
    .select({ entity: runFiles.entity, name: runFiles.name })
    .from(runFiles)
    .where(and(eq(runFiles.institutionId, run.institutionId), eq(runFiles.runId, run.id)));
  return new Map(rows.flatMap((row) => (entityOf(row.entity) === null ? [] : [[entityOf(row.entity) ?? "orgs", row.name]])));
}

async function storedReasons(tx: Transaction, run: RunRow, rows: readonly PlannedRow[]): Promise<Map<string, string>> {
  const stored = await tx
    .select({ entity: changes.entity, sourceKey: changes.sourceKey, reason: changes.reason })
    .from(changes)
    .where(
      and(
        eq(changes.institutionId, run.institutionId),
        eq(changes.runId, run.id),
        inArray(changes.entity, [...new Set(rows.map((row) => row.entity))]),
        inArray(
          changes.sourceKey,
          rows.map((row) => row.sourceKey),
        ),
      ),
    );
  return new Map(stored.map((row) => [`${row.entity} ${row.sourceKey}`, row.reason]));
}

/** Who left a row out: the account of the act at that version, or of the refusal that came before this run. */
async function leaversOf(tx: Transaction, run: RunRow, rows: readonly PlannedRow[]): Promise<(row: PlannedRow) => string | null> {
  const off = rows.filter((row) => row.off !== null);
  if (off.length === 0) return () => null;
  const acts = await tx
    .select({ version: choices.version, accountId: choices.accountId })
    .from(choices)
    .where(and(eq(choices.institutionId, run.institutionId), eq(choices.runId, run.id)));
  const byVersion = new Map(acts.map((act) => [act.version, act.accountId]));
  const accountOf = (row: PlannedRow): number | null => {
    if (row.off === null) return null;
    return row.off.cause === "before" ? (parseOffDetail(row.off.detail).accountId ?? null) : (byVersion.get(row.off.offAt) ?? null);
  };
  const nameOf = await namesOf(tx, off.map(accountOf));
  return (row) => nameOf(accountOf(row));
}
