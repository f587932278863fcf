import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import { fingerprintsOf, versionsOf } from "@/db/roster";
import type { OpenSet } from "./context";
import { LEGAL_SQL } from "./loading";
import type { EntityLoads } from "./loads";
import { columnsOf, current, ours, stage } from "./tables";

/**
 * Lands the staged rows that change something: adds, edits, reactivations, and the archives that a delta asks for. A staged
 * row meets the current version of its source key (the feed's own word decides first, R32); a field that its file lacks never
 * changes anything; another time of change alone is no edit. Returns how many rows landed.
 */
export async function land(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<number> {
  const versions = versionsOf(of.entity);
  const columns = columnsOf(of.entity);
  const cells = columns.map((column) => ({ column, value: newCell(of, column) }));
  const isListed = (column: string) => of.columns.has(column);
  const differing = [...cells.filter(({ column }) => isListed(column)).map(({ column, value }) => `v.${column} is distinct from ${value}`)];
  const status = newStatus(of);
  const extras = of.files.every((file) => file.headings.extras !== undefined) ? "s.extras" : "coalesce(s.extras, v.extras)";
  const differs = sql.raw(`(${[...differing, `${extras} is distinct from v.extras`, `v.status is distinct from ${status}`].join(" or ")})`);
  const kept = cells.map(({ column, value }) => `case when s.status = 'tobedeleted' then v.${column} else ${value} end`);
  const offsets = await lineOffsets(tx, open, of);
  const [landed] = await read(
    tx,
    z.object({ landed: z.number() }),
    sql`
      with landed as (
        insert into ${versions} (institution_id, environment_id, bucket, feed_id, from_seq, line, replaces_seq, action, status, status_reason,
          modified_at, source_key, sourced_id, ${sql.raw(columns.join(", "))}, extras)
        select ${open.institutionId}::int, ${open.environmentId}::int, ${open.bucket}::int, ${open.feedId}::int, ${open.seq}::int,
          case when s.line > 0 then s.line + ${offsets} else s.line - ${offsets} end, v.from_seq,
          case when v.source_key is null then 'add' when s.status = 'tobedeleted' then 'archive' when v.status = 'archived' then 'reactivate' else 'edit' end,
          ${sql.raw(status)}, case when s.status = 'tobedeleted' then 'explicit' end, coalesce(s.modified_at, v.modified_at), s.source_key,
          case when v.source_key is null then ${newSourcedId(open, of)} else v.sourced_id end,
          ${sql.raw(kept.join(", "))}, case when s.status = 'tobedeleted' then v.extras else ${sql.raw(extras)} end
        from ${stage(open, of.entity)} s
        left join ${current(open, of.entity, "v")} on v.source_key = s.source_key
        where s.verdict is null and case
          when v.source_key is null then s.status <> 'tobedeleted'
          when s.status = 'tobedeleted' then v.status <> 'archived'
          when v.status = 'archived' then true
          else ${differs} end
        returning source_key, line, action),
      marked as (
        insert into ${fingerprintsOf(of.entity)} (institution_id, environment_id, bucket, feed_id, seq, line, hash)
        select ${open.institutionId}::int, ${open.environmentId}::int, ${open.bucket}::int, ${open.feedId}::int, ${open.seq}::int, l.line, s.hash
        from landed l
        join ${stage(open, of.entity)} s on s.source_key = l.source_key and s.verdict is null
        where l.action <> 'archive' and s.exact and ${isMarked(open, of)}
        returning 1)
      select count(*)::int as landed from landed`,
  );
  return landed?.landed ?? 0;
}

/** The value of a column after the row: the file's (`complete` merged single entries), else what it was. */
const newCell = (of: EntityLoads, column: string): string => (of.columns.has(column) ? `s.${column}` : `v.${column}`);

function newStatus(of: EntityLoads): string {
  // A file without the column that switches people off says nothing about it.
  const silent = of.entity === "users" && !of.columns.has("enabled");
  const said = silent ? "case when s.status = 'active' and v.status = 'inactive' then 'inactive' else s.status end" : "s.status";
  return `case when s.status = 'tobedeleted' then 'archived' else ${said} end`;
}

/** Null where the source key may be the sourcedId: it is legal, and no record of another feed in this environment has it. */
function newSourcedId(open: OpenSet, of: EntityLoads): SQL {
  return sql`case when s.source_key ~ ${LEGAL_SQL} and not exists (
      select from ${versionsOf(of.entity)} o
      where o.institution_id = ${open.institutionId} and o.environment_id = ${open.environmentId} and o.bucket = ${open.bucket}
        and o.source_key = s.source_key and o.feed_id <> ${open.feedId} and o.sourced_id is null)
    then null else md5(${`${open.feedId}:${of.entity}:`}::text || s.source_key)::uuid::text end`;
}

/**
 * Which lines may become fingerprints: of a bulk file, or of a delta whose lines mean the same as those of the last bulk
 * file; else the delta would be all that quick runs know.
 */
export function isMarked(open: OpenSet, of: EntityLoads): SQL {
  const tests = of.files.map((file) =>
    file.mode === "bulk"
      ? sql`s.position = ${file.position}`
      : sql`(s.position = ${file.position} and exists (
          select from readings r where r.institution_id = ${open.institutionId} and r.environment_id = ${open.environmentId}
            and r.feed_id = ${open.feedId} and r.entity = ${of.entity} and r.shape = ${file.shape}))`,
  );
  return sql`(${sql.join(tests, sql` or `)})`;
}

/** Lines of later deliveries are numbered on, since a set has each line once. */
async function lineOffsets(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<SQL> {
  if (of.files.length === 1) return sql`0`;
  const ends = await read(
    tx,
    z.object({ position: z.number(), last: z.number() }),
    sql`select position, max(abs(line)) as last from ${stage(open, of.entity)} group by position order by position`,
  );
  let offset = 0;
  const cases = ends.map(({ position, last }) => {
    const when = sql`when ${position} then ${offset}::int`;
    offset += last;
    return when;
  });
  return cases.length === 0 ? sql`0` : sql`case s.position ${sql.join(cases, sql` `)} end`;
}

/** The rows that the open set would leave in the roster: landed ones, else current ones that nothing replaces. `ours` only. */
export function after(open: OpenSet, entity: EntityLoads["entity"], columns: readonly string[]): SQL {
  const picked = sql.raw(columns.join(", "));
  // In a run over all feeds a key is several records.
  const ofSameFeed = sql.raw(open.allFeeds ? " and p.feed_id = v.feed_id" : "");
  return sql`(
    select ${picked} from ${versionsOf(entity)} p where ${ours(open, "p")} and p.from_seq = ${open.seq}
      and (p.action <> 'archive' or exists (
        select from left_out o where o.institution_id = ${open.institutionId} and o.run_id = ${open.runId} and o.entity = ${entity}
          and o.source_key = p.source_key and o.on_at is null))
    union all
    select ${picked} from ${current(open, entity, "v")} where v.status <> 'archived'
      and not exists (select from ${versionsOf(entity)} p where ${ours(open, "p")} and p.from_seq = ${open.seq} and p.source_key = v.source_key${ofSameFeed}))`;
}
