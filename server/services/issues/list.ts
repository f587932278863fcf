import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import { placeOf } from "@/server/services/runs/issue-totals";
import { findRun, RunPlace, type RunRow } from "@/server/services/runs/place";
import { rowsChosen } from "./rows-chosen";

export const ListIssues = RunPlace.extend({
  code: z.string().max(60).optional(),
  entity: z.enum(ENTITIES).optional(),
  severity: z.enum(["refusal", "error", "warning"]).optional(),
  /** The school under which the tie-out counts the row; empty for rows of no school. */
  school: z.string().max(255).optional(),
  /** Only what is about rows that change nothing because they are in error, or ignored: what a counter of the tie-out opens. */
  outcome: z.enum(["rejected", "ignored"]).optional(),
  /** Any part of the source key, the value seen or the file's name. */
  text: z.string().trim().max(100).optional(),
  after: z.number().int().positive().nullish(),
  limit: z.number().int().min(1).max(200).default(50),
});
type List = z.infer<typeof ListIssues>;

/** One finding, as the list shows it. */
export interface IssueLine {
  readonly severity: "refusal" | "error" | "warning";
  readonly code: string;
  readonly at: string;
  readonly column: string | null;
  readonly seen: string | null;
  readonly detail: string;
  readonly entity: Entity | null;
  readonly sourceKey: string | null;
}

const Row = z.object({
  id: SqlCount,
  severity: z.enum(["refusal", "error", "warning"]),
  code: z.string(),
  entity: z.enum(ENTITIES).nullable(),
  source_key: z.string().nullable(),
  file: z.string(),
  line: z.number().nullable(),
  column_name: z.string().nullable(),
  seen: z.string().nullable(),
  detail: z.string(),
});

/** How many rows the tie-out counts for what was asked, and of how many of them a finding is listed here. */
export interface TiedRows {
  readonly counted: number;
  readonly listed: number;
}

/**
 * Findings of a run in the order in which they were found, by keyset. `total` counts what was found, also where fewer rows
 * are kept than were found; null under a text, which only looks at what is kept. Under a school or an outcome it counts what
 * is kept; with an outcome and an entity `rows` sets that against the tie-out.
 */
export async function listIssues(
  actor: TenantActor,
  raw: z.input<typeof ListIssues>,
): Promise<{ rows: IssueLine[]; nextCursor: number | null; total: number | null; tied: TiedRows | null }> {
  authorize(actor, "issue:read");
  const input = ListIssues.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const { run } = await findRun(tx, actor, input);
    const found = await read(
      tx,
      Row,
      sql`
        select id, severity, code, entity, source_key, file, line, column_name, seen, detail
        from issues
        where institution_id = ${run.institutionId} and run_id = ${run.id} and ${chosen(input)}
        order by id
        limit ${input.limit + 1}`,
    );
    const page = found.slice(0, input.limit);
    return {
      rows: page.map((row) => ({
        severity: row.severity,
        code: row.code,
        at: placeOf(row.file, row.line),
        column: row.column_name,
        seen: row.seen,
        detail: row.detail,
        entity: row.entity,
        sourceKey: row.source_key,
      })),
      nextCursor: found.length > input.limit ? (page.at(-1)?.id ?? null) : null,
      total: input.text === undefined || input.text === "" ? await totalOf(tx, run, input) : null,
      tied: input.outcome === undefined || input.entity === undefined ? null : await tiedRows(tx, run, input),
    };
  });
}

function chosen(input: List): SQL {
  const parts: SQL[] = [sql`true`];
  if (input.after) parts.push(sql`id > ${input.after}`);
  parts.push(rowsChosen(input));
  if (input.code !== undefined) parts.push(sql`code = ${input.code}`);
  if (input.severity !== undefined) parts.push(sql`severity = ${input.severity}`);
  if (input.text) {
    const text = input.text.toLowerCase();
    parts.push(
      sql`(strpos(lower(coalesce(source_key, '')), ${text}) > 0 or strpos(lower(coalesce(seen, '')), ${text}) > 0 or strpos(lower(file), ${text}) > 0)`,
    );
  }
  return sql.join(parts, sql` and `);
}

async function totalOf(tx: Transaction, run: RunRow, input: List): Promise<number> {
  if (input.school !== undefined || input.outcome !== undefined) {
    const [kept] = await read(
      tx,
      z.object({ total: SqlCount }),
      sql`select count(*) as total from issues
          where institution_id = ${run.institutionId} and run_id = ${run.id} and ${chosen({ ...input, after: null })}`,
    );
    return kept?.total ?? 0;
  }
  const [sum] = await read(
    tx,
    z.object({ total: SqlCount }),
    sql`
      select coalesce(sum(total), 0) as total
      from run_issue_totals
      where institution_id = ${run.institutionId} and run_id = ${run.id}
        and (${input.code ?? null}::text is null or code = ${input.code ?? null})
        and (${input.entity ?? null}::text is null or entity = ${input.entity ?? null})
        and (${input.severity ?? null}::text is null or severity = ${input.severity ?? null})`,
  );
  return sum?.total ?? 0;
}

async function tiedRows(tx: Transaction, run: RunRow, input: List): Promise<TiedRows> {
  const { outcome = "rejected", entity = "users", school = null } = input;
  const [listed] = await read(
    tx,
    z.object({ n: SqlCount }),
    sql`select count(distinct (position, row_line)) as n from issues
        where institution_id = ${run.institutionId} and run_id = ${run.id} and entity = ${entity} and ${rowsChosen(input)}`,
  );
  const [counted] = await read(
    tx,
    z.object({ n: SqlCount }),
    sql`select coalesce(sum((counts ->> ${outcome})::bigint), 0) as n from run_schools
        where institution_id = ${run.institutionId} and run_id = ${run.id} and entity = ${entity}
          and (${school}::text is null or school_key = ${school})`,
  );
  return { counted: counted?.n ?? 0, listed: listed?.n ?? 0 };
}
