import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { COLUMNS, type Entity } from "@/server/roster/entities";
import type { Issue } from "@/server/roster/issue";
import type { EntityReader, Row, RowChunk } from "@/server/sources/source";
import type { OpenSet } from "./context";
import { countedSchool, outcome } from "./groups";
import type { RowOfIssue } from "./issues";
import type { EntityLoads } from "./loads";
import { pending, stage } from "./tables";

/** For findings of some rows of a reader: the row that each is about. One that stands for many rows is about none. */
export function rowsOfIssues(reader: EntityReader, chunk: RowChunk): (issue: Issue) => RowOfIssue | null {
  const lines = new Set(chunk.issues.map(({ at }) => Number(at.slice(at.lastIndexOf(":") + 1))));
  const keys = new Set(chunk.issues.map(({ sourceKey }) => sourceKey));
  const byPlace = new Map<string, Row>();
  const byKey = new Map<string, Row>();
  for (const row of chunk.rows) {
    if (lines.has(Math.abs(row.line))) byPlace.set(`${row.partial ?? reader.file}:${Math.abs(row.line)}`, row);
    if (row.sourceKey !== null && keys.has(row.sourceKey)) byKey.set(row.sourceKey, row);
  }
  return ({ at, sourceKey, count = 1 }) => {
    const row = count > 1 ? undefined : (byPlace.get(at) ?? (sourceKey === null ? undefined : byKey.get(sourceKey)));
    if (row === undefined) return null;
    // A row without a key is counted under no school, wherever it goes.
    const school = row.sourceKey === null ? "" : schoolOf(reader.entity, row);
    return { school, line: Math.abs(row.line), isRejected: !row.valid };
  };
}

/** What `countedSchool` says in SQL, of a row that has been read. */
function schoolOf(entity: Entity, row: Row): string {
  const cell = (name: string): string => row.cells[COLUMNS[entity].findIndex((column) => column.name === name)] ?? "";
  switch (entity) {
    case "orgs":
      return cell("type") === "school" ? (row.sourceKey ?? "") : "";
    case "classes":
    case "enrollments":
      return cell("school_key");
    case "users":
      return cell("org_keys").split(",")[0] ?? "";
    case "academicSessions":
    case "courses":
    case "relationships":
      return "";
    default:
      return entity satisfies never;
  }
}

/**
 * Says of every finding under which school the tie-out counts its row, and whether the row changes nothing because it is in
 * error or ignored: what a counter of the tie-out links to are exactly these. Call it when the plan's rows have landed.
 */
export async function placeIssues(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<void> {
  const mine = sql`i.institution_id = ${open.institutionId} and i.run_id = ${open.runId} and i.entity = ${of.entity}`;
  if ((await tx.execute(sql`select 1 from issues i where ${mine} limit 1`)).length === 0) return;
  if (of.isDirect) {
    // The rows are gone; what the reader found was placed as it was read.
    await tx.execute(sql`
      update issues i set row_line = line, outcome = case when i.severity = 'error' then 'rejected' else 'ignored' end
      where ${mine} and i.outcome is null and i.line is not null and i.file = ${of.files[0].file}
        and (i.severity = 'error' or i.code = 'DUPLICATE_ROW')`);
    return;
  }
  const rows = sql`
    select s.position, abs(s.line) as row_line, coalesce(s.partial, f.file) as file, s.source_key, ${countedSchool(of.entity, "s")} as school_key,
      ${outcome} as outcome
    from ${stage(open, of.entity)} s
    join loads f on f.institution_id = ${open.institutionId} and f.run_id = ${open.runId} and f.entity = ${of.entity} and f.position = s.position
    left join ${pending(open, of.entity, "p")} on p.source_key = s.source_key and s.verdict is null`;
  const placed = sql`school_key = r.school_key, row_line = r.row_line, outcome = case when r.outcome in ('rejected', 'ignored') then r.outcome end`;
  // An unnamed warning stands for many rows.
  await tx.execute(sql`
    update issues i set ${placed} from (${rows}) r
    where ${mine} and i.position = r.position and i.line = r.row_line and i.file = r.file
      and (i.severity = 'error' or i.source_key is not null)`);
  // What stands in a file beside (a person's roles) is about the row of that record.
  await tx.execute(sql`
    update issues i set ${placed} from (select distinct on (r.position, r.source_key) * from (${rows}) r order by r.position, r.source_key, r.row_line) r
    where ${mine} and i.position = r.position and i.source_key = r.source_key and i.file <> r.file`);
  // Known lines that are in error with their twins were never staged; the tie-out counts them under no school.
  await tx.execute(sql`
    update issues i set outcome = 'rejected', row_line = i.line, school_key = ''
    where ${mine} and i.code = 'DUPLICATE_ID' and i.outcome is null and i.line is not null`);
}

/** Rows in error of a file that landed directly, as far as they are known one by one. */
export async function rejectedBySchool(tx: Transaction, open: OpenSet, entity: Entity): Promise<{ school: string; n: number }[]> {
  return read(
    tx,
    z.object({ school: z.string(), n: SqlCount }),
    sql`select coalesce(school_key, '') as school, count(distinct row_line) as n from issues
        where institution_id = ${open.institutionId} and run_id = ${open.runId} and entity = ${entity} and outcome = 'rejected' and severity = 'error'
        group by 1`,
  );
}
