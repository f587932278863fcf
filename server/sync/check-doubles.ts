import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import type { OpenSet } from "./context";
import { keepFound } from "./issues";
import type { EntityLoads } from "./loads";
import { columnsOf, current, name, stage } from "./tables";

/** Rows of one file with the same id: read once where they are the same (E 42), none applied where they differ (E 43). */
export async function findDoubled(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<void> {
  const table = stage(open, of.entity);
  await tx.execute(sql`drop table if exists doubled`);
  await tx.execute(sql`
    create temporary table doubled on commit drop as
    select position, source_key from ${table} group by position, source_key having count(*) > 1`);
  if ((await tx.execute(sql`select 1 from doubled limit 1`)).length === 0) return;
  await tx.execute(sql`analyze doubled`);
  const { file } = of.files[0];
  const content = sql.raw(["status", ...columnsOf(of.entity), "extras"].map((column) => `t.${column}`).join(", "));
  const mark = (verdict: "rejected" | "repeated", detail: SQL) => sql`
    update ${table} s set verdict = ${verdict}
    from (
      select t.position, t.source_key, min(t.line) as first, string_agg(${file}::text || ':' || t.line, ', ' order by t.line) as places,
        count(distinct md5(row(${content})::text)) = 1 and not bool_or(t.verdict is not null) as same
      from doubled k join ${table} t on t.position = k.position and t.source_key = k.source_key group by t.position, t.source_key) d
    where s.position = d.position and s.source_key = d.source_key and ${verdict === "repeated" ? sql`d.same and s.line > d.first` : sql`not d.same`}
    returning s.source_key, s.position, ${file}::text as file, s.line, null::text as column_name, s.source_key as seen, ${detail} as detail`;
  // Those that differ first: what is marked then is not the same any more.
  const differing = mark("rejected", sql`d.places || ' have the same id and differ; none was applied.'`);
  await keepFound(tx, open, { severity: "error", code: "DUPLICATE_ID", entity: of.entity, rows: differing });
  const repeated = mark("repeated", sql`'The same row stands in ' || d.places || '; it was read once.'`);
  await keepFound(tx, open, { severity: "warning", code: "DUPLICATE_ROW", entity: of.entity, rows: repeated });
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

/**
 * Whether a change can have been at this time. One from the future (a wrong clock, a mistyped year) shows nothing else to be older;
 * a day of it may be a time without its zone.
 */
export const isTime = (column: string): SQL => sql`${name(column)} < now() + interval '1 day'`;

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
        where s.position = ${position} and s.verdict is null and v.source_key = s.source_key and s.modified_at < v.modified_at and ${isTime("v.modified_at")}
        returning s.source_key, s.position, ${file}::text as file, s.line, null::text as column_name, s.modified_at::text as seen,
          'The roster has a change of ' || v.modified_at::text || '; this older one was ignored.' as detail`,
    });
  }
}
