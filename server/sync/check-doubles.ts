import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import type { OpenSet } from "./context";
import { keepFound } from "./issues";
import type { EntityLoads } from "./loads";
import { columnsOf, current, stage } from "./tables";

/** Rows of one file with the same id: read once where they are the same (E 42), none applied where they differ (E 43). */
export async function findDoubled(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<void> {
  const table = stage(open, of.entity);
  const content = sql.raw(["status", ...columnsOf(of.entity), "extras"].join(", "));
  const doubled = (how: "same" | "differ") => sql`
    update ${table} s set verdict = ${how === "same" ? "repeated" : "rejected"}
    from (
      select position, source_key, min(line) as first, string_agg(${of.files[0].file}::text || ':' || line, ', ' order by line) as places,
        count(distinct md5(row(${content})::text)) = 1 and not bool_or(verdict is not null) as same
      from ${table} group by position, source_key having count(*) > 1) d
    where s.position = d.position and s.source_key = d.source_key and ${how === "same" ? sql`d.same and s.line > d.first` : sql`not d.same`}
    returning s.source_key, s.position, ${of.files[0].file}::text as file, s.line, null::text as column_name, s.source_key as seen,
      ${how === "same" ? sql`'The same row stands in ' || d.places || '; it was read once.'` : sql`d.places || ' have the same id and differ; none was applied.'`} as detail`;
  await keepFound(tx, open, { severity: "warning", code: "DUPLICATE_ROW", entity: of.entity, rows: doubled("same") });
  await keepFound(tx, open, { severity: "error", code: "DUPLICATE_ID", entity: of.entity, rows: doubled("differ") });
}

/** In a quick load the row's twin may be a line that a fingerprint knows, so that it was not staged. */
export async function findTwins(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<void> {
  if (!of.isQuick) return;
  const { file } = of.files[0];
  await keepFound(tx, open, {
    severity: "error",
    code: "DUPLICATE_ID",
    entity: of.entity,
    first: sql`both_lines as (
      update ${stage(open, of.entity)} s set verdict = 'rejected' where twin_line is not null
      returning s.source_key, s.position, s.line, s.twin_line)`,
    rows: sql`
      select source_key, position, ${file}::text as file, unnest(array[line, twin_line]) as line, null::text as column_name, source_key as seen,
        ${file}::text || ':' || least(line, twin_line) || ', ' || ${file}::text || ':' || greatest(line, twin_line)
          || ' have the same id and differ; none was applied.' as detail
      from both_lines`,
  });
}

/** Rows of a delta that are older than what is stored are ignored, so that a late delivery undoes nothing. */
export async function findStale(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<void> {
  const deltas = of.files.filter((file) => file.mode !== "bulk");
  for (const { position, file } of deltas) {
    await keepFound(tx, open, {
      severity: "warning",
      code: "STALE_ROW",
      entity: of.entity,
      rows: sql`
        update ${stage(open, of.entity)} s set verdict = 'stale'
        from ${current(open, of.entity, "v")}
        where s.position = ${position} and s.verdict is null and v.source_key = s.source_key and s.modified_at < v.modified_at
        returning s.source_key, s.position, ${file}::text as file, s.line, null::text as column_name, s.modified_at::text as seen,
          'The roster has a change of ' || v.modified_at::text || '; this older one was ignored.' as detail`,
    });
  }
}
