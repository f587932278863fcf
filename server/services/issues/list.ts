import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import { placeOf } from "@/server/services/runs/issue-totals";
import { findRun, RunPlace, type RunRow } from "@/server/services/runs/place";

export const ListIssues = RunPlace.extend({
  code: z.string().max(60).optional(),
  entity: z.enum(ENTITIES).optional(),
  severity: z.enum(["refusal", "error", "warning"]).optional(),
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

/**
 * Findings of a run in the order in which they were found, by keyset. `total` counts what was found, also where fewer rows
 * are kept than were found; null under a text, which only looks at what is kept.
 */
export async function listIssues(
  actor: TenantActor,
  raw: z.input<typeof ListIssues>,
): Promise<{ rows: IssueLine[]; nextCursor: number | null; total: number | null }> {
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
    };
  });
}

function chosen(input: List): SQL {
  const parts: SQL[] = [sql`true`];
  if (input.after) parts.push(sql`id > ${input.after}`);
  if (input.code !== undefined) parts.push(sql`code = ${input.code}`);
  if (input.entity !== undefined) parts.push(sql`entity = ${input.entity}`);
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
