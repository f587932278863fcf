import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { fingerprintsOf } from "@/db/roster";
import type { OpenSet } from "./context";
import { isMarked } from "./land";
import type { EntityLoads } from "./loads";
import { current, ours, pending, stage, stageName } from "./tables";

/** Where a run notes, until it commits, which current versions are exactly what a line of its file says. */
const marksOf = (open: OpenSet, entity: EntityLoads["entity"]) => sql.raw(`${stageName(open.runId, entity)}_marks`);

/**
 * Notes the lines that change nothing and that no fingerprint of this shape knows yet: the next quick run then skips them.
 * After a full pass over lines of another shape these are all unchanged lines.
 */
export async function noteMarks(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<void> {
  if (of.isDirect) return;
  const known = sql`exists (
    select from ${fingerprintsOf(of.entity)} f
    where ${ours(open, "f")} and f.seq = v.from_seq and f.line = v.line and f.hash = s.hash)`;
  await tx.execute(sql`
    create table ${marksOf(open, of.entity)} as
    select s.source_key, v.from_seq as seq, v.line, s.hash
    from ${stage(open, of.entity)} s
    join ${current(open, of.entity, "v")} on v.source_key = s.source_key
    where s.verdict is null and s.exact and s.status <> 'tobedeleted' and v.status <> 'archived' and ${isMarked(open, of)}
      and (${await isReshaped(tx, open, of)}::boolean or not ${known})
      and not exists (select from ${pending(open, of.entity, "p")} where p.source_key = s.source_key)`);
}

/** Makes the fingerprints of the feed say what is current exactly as delivered. Called in the transaction that commits. */
export async function renewFingerprints(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<void> {
  const bulk = of.files.findLast((file) => file.mode === "bulk");
  const fingerprints = fingerprintsOf(of.entity);
  if (bulk !== undefined && !of.isDirect && (await isReshaped(tx, open, of))) {
    await tx.execute(sql`delete from ${fingerprints} f where ${ours(open, "f")} and f.seq <= ${open.baseSeq}`);
  }
  const newest = of.files.reduce<string | null>(
    (latest, file) => (latest === null || (file.newest_at ?? "") > latest ? file.newest_at : latest),
    null,
  );
  // A change from the future would make every later delivery an old one.
  await tx.execute(sql`
    insert into readings (institution_id, environment_id, feed_id, entity, shape, newest_at, run_id)
    values (${open.institutionId}, ${open.environmentId}, ${open.feedId}, ${of.entity}, ${bulk?.shape ?? ""},
      case when ${newest}::timestamptz > now() then now() else ${newest}::timestamptz end, ${open.runId})
    on conflict (institution_id, environment_id, feed_id, entity) do update set
      shape = case when ${bulk !== undefined} then excluded.shape else readings.shape end,
      newest_at = greatest(readings.newest_at, excluded.newest_at), run_id = excluded.run_id`);
  if (of.isDirect) return;
  const refused = sql`exists (select from left_out o where o.institution_id = ${open.institutionId} and o.run_id = ${open.runId}
    and o.entity = ${of.entity} and o.source_key = m.source_key and o.on_at is null)`;
  await tx.execute(sql`
    delete from ${fingerprints} f using ${marksOf(open, of.entity)} m
    where ${ours(open, "f")} and f.seq = m.seq and f.line = m.line and not ${refused}`);
  await tx.execute(sql`
    insert into ${fingerprints} (institution_id, environment_id, bucket, feed_id, seq, line, hash)
    select ${open.institutionId}::int, ${open.environmentId}::int, ${open.bucket}::int, ${open.feedId}::int, m.seq, m.line, m.hash
    from ${marksOf(open, of.entity)} m where not ${refused}`);
}

/** Whether the bulk file's lines mean something else than those of the fingerprints that are there. */
async function isReshaped(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<boolean> {
  const bulk = of.files.findLast((file) => file.mode === "bulk");
  if (bulk === undefined) return false;
  const same = await tx.execute(sql`
    select 1 from readings where institution_id = ${open.institutionId} and environment_id = ${open.environmentId}
      and feed_id = ${open.feedId} and entity = ${of.entity} and shape = ${bulk.shape}`);
  return same.length === 0;
}
