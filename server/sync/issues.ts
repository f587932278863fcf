import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import type { Entity } from "@/server/roster/entities";
import type { Issue } from "@/server/roster/issue";
import type { IssueCode } from "@/server/roster/issue-codes";
import type { OpenSet } from "./context";
import { fenced } from "./fence";

/** Findings of one code that are kept one by one, per file; totals count the rest too. */
const KEPT_PER_CODE = 20_000;
const WRITTEN_AT_ONCE = 2_000;

/** How often a code was found, by severity. */
export interface IssueTotal {
  readonly severity: Issue["severity"];
  readonly code: IssueCode;
  readonly total: number;
}

/** The row that a finding is about: the school under which the tie-out counts it, and its line. */
export interface RowOfIssue {
  readonly school: string;
  readonly line: number;
  readonly isRejected: boolean;
}

/** Keeps what a reader finds in one file. */
export interface IssueLog {
  /** `rowOf`: the row that a finding is about, where it is about one. */
  add(issues: readonly Issue[], rowOf?: (issue: Issue) => RowOfIssue | null): Promise<void>;
  /** Writes the rest and returns the totals. */
  end(): Promise<IssueTotal[]>;
}

/** Begins the findings of one file afresh: what an earlier try of the step had kept goes. */
export async function beginIssues(open: OpenSet, of: { position: number; entity: Entity | null }): Promise<IssueLog> {
  await fenced(open, (tx) =>
    tx.execute(sql`delete from issues where institution_id = ${open.institutionId} and run_id = ${open.runId}
      and position = ${of.position} and entity is not distinct from ${of.entity}`),
  );
  const totals = new Map<string, { severity: Issue["severity"]; code: IssueCode; total: number; kept: number }>();
  let waiting: PlacedIssue[] = [];
  const flush = async () => {
    if (waiting.length === 0) return;
    const written = waiting;
    waiting = [];
    await fenced(open, (tx) => insertIssues(tx, open, { position: of.position, issues: written }));
  };
  return {
    async add(issues, rowOf) {
      for (const issue of issues) {
        const key = `${issue.severity} ${issue.code}`;
        const known = totals.get(key) ?? { severity: issue.severity, code: issue.code, total: 0, kept: 0 };
        totals.set(key, known);
        known.total += issue.count ?? 1;
        known.kept += 1;
        if (known.kept <= KEPT_PER_CODE) waiting.push({ issue, row: rowOf?.(issue) ?? null });
      }
      if (waiting.length >= WRITTEN_AT_ONCE) await flush();
    },
    async end() {
      await flush();
      return [...totals.values()].map(({ severity, code, total }) => ({ severity, code, total }));
    },
  };
}

interface PlacedIssue {
  readonly issue: Issue;
  readonly row: RowOfIssue | null;
}

async function insertIssues(tx: Transaction, open: OpenSet, of: { position: number; issues: readonly PlacedIssue[] }): Promise<void> {
  const rows = of.issues.map(({ issue, row }) => {
    const place = /^(.*):(\d+)$/s.exec(issue.at);
    return {
      severity: issue.severity,
      code: issue.code,
      entity: issue.entity,
      source_key: issue.sourceKey,
      file: place?.[1] ?? issue.at,
      line: place === null ? null : Number(place[2]),
      column_name: issue.column ?? null,
      seen: issue.seen ?? null,
      detail: issue.detail,
      school_key: row?.school ?? null,
      row_line: row?.line ?? null,
      outcome: row?.isRejected === true ? "rejected" : null,
    };
  });
  await tx.execute(sql`
    insert into issues (institution_id, run_id, position, severity, code, entity, source_key, file, line, column_name, seen, detail,
      school_key, row_line, outcome)
    select ${open.institutionId}, ${open.runId}, ${of.position}, i.*
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as i(severity text, code text, entity text, source_key text, file text, line integer, column_name text, seen text, detail text,
        school_key text, row_line integer, outcome text)`);
}

/** Findings about a package or a whole file. Replaces those of an earlier try. */
export async function keepPackageIssues(open: OpenSet, position: number, issues: readonly Issue[]): Promise<void> {
  const log = await beginIssues(open, { position, entity: null });
  // Kept under no entity: what is found row by row is forgotten and found again by entity.
  await log.add(issues.map((issue) => ({ ...issue, entity: null })));
  await log.end();
  await fenced(open, async (tx) => {
    await tx.execute(
      sql`delete from run_issue_totals where institution_id = ${open.institutionId} and run_id = ${open.runId} and entity = ''`,
    );
    await tx.execute(sql`
      insert into run_issue_totals (institution_id, run_id, severity, code, entity, total)
      select institution_id, run_id, severity, code, '', count(*) from issues
      where institution_id = ${open.institutionId} and run_id = ${open.runId} and entity is null group by 1, 2, 3, 4`);
  });
}

/** Adds to a run's totals. */
export async function addTotals(tx: Transaction, open: OpenSet, of: { entity: string; totals: readonly IssueTotal[] }): Promise<void> {
  for (const { severity, code, total } of of.totals) {
    await tx.execute(sql`
      insert into run_issue_totals (institution_id, run_id, severity, code, entity, total)
      values (${open.institutionId}, ${open.runId}, ${severity}, ${code}, ${of.entity}, ${total})
      on conflict (institution_id, run_id, severity, code, entity) do update set total = run_issue_totals.total + excluded.total`);
  }
}

/**
 * Keeps what a check finds in SQL: `rows` selects `source_key, position, file, line, column_name, seen, detail`. Returns how
 * many there are; all are counted, the first ones by line are kept. `first` are expressions that `rows` builds upon: a statement
 * that writes must stand at the top. `school`: the column of `rows` that says the school of a row that nobody can be asked for
 * later.
 */
export async function keepFound(
  tx: Transaction,
  open: OpenSet,
  found: { severity: Issue["severity"]; code: IssueCode; entity: Entity; rows: SQL; first?: SQL; school?: SQL },
): Promise<number> {
  const { severity, code, entity, rows, first, school } = found;
  const result = await tx.execute<{ total: number }>(sql`
    with ${first === undefined ? sql`` : sql`${first}, `}found as materialized (${rows}),
    kept as (
      insert into issues (institution_id, run_id, position, severity, code, entity, source_key, file, line, column_name, seen, detail, school_key)
      select ${open.institutionId}, ${open.runId}, position, ${severity}, ${code}, ${entity}, source_key, file, line, column_name,
        left(seen, 40), detail, ${school ?? sql`null`}
      from found order by position, line limit ${KEPT_PER_CODE}
      returning 1)
    select count(*)::int as total from found`);
  const total = result[0]?.total ?? 0;
  if (total > 0) await addTotals(tx, open, { entity, totals: [{ severity, code, total }] });
  return total;
}
