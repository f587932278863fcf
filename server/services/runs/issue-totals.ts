import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { entityOf } from "./entity-of";
import type { RunRow } from "./place";
import type { ReportIssue } from "./report";

const Total = z.object({
  severity: z.enum(["refusal", "error", "warning"]),
  code: z.string(),
  entity: z.string(),
  total: SqlCount,
  file: z.string().nullable(),
  line: z.number().nullable(),
});

/** What was found, by harm: refusals, then errors, then warnings; within each the entity that others depend on first, then the count. */
export async function issueTotals(tx: Transaction, run: RunRow): Promise<ReportIssue[]> {
  const rows = await read(
    tx,
    Total,
    sql`
      select t.severity, t.code, t.entity, t.total, first.file, first.line
      from run_issue_totals t
      left join lateral (
        select i.file, i.line
        from issues i
        where i.institution_id = t.institution_id and i.run_id = t.run_id and i.code = t.code and coalesce(i.entity, '') = t.entity
        order by i.id
        limit 1
      ) first on true
      where t.institution_id = ${run.institutionId} and t.run_id = ${run.id}
      order by
        array_position(array['refusal', 'error', 'warning'], t.severity),
        array_position(array['', 'orgs', 'academicSessions', 'courses', 'classes', 'users', 'enrollments', 'relationships'], t.entity),
        t.total desc,
        t.code`,
  );
  return rows.map((row) => ({
    severity: row.severity,
    code: row.code,
    entity: entityOf(row.entity),
    total: row.total,
    firstAt: row.file === null ? null : placeOf(row.file, row.line),
  }));
}

/** `users.csv:1042`, or the file alone. */
export const placeOf = (file: string, line: number | null): string => (line === null ? file : `${file}:${line}`);
