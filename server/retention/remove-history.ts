import { sql } from "drizzle-orm";
import { z } from "zod";
import { read, SqlCount } from "@/db/read";
import { versionsOf } from "@/db/roster";
import { lockRunStarts } from "@/db/run-starts";
import { asEngine } from "@/server/database";
import { failpoint } from "@/server/failpoint";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import { retentionOf } from "@/server/services/data/retention";
import { Horizon } from "./count-expired";
import { historyHorizons } from "./expired";
import { type Removed, ROWS_AT_ONCE } from "./remove-expired";

/**
 * Removes the versions that one commit replaced, the oldest such commit first. First the environment says that nothing up to the
 * horizon can be undone any more, under the lock that every start of an undo takes; only then do rows go.
 */
export async function removeExpiredHistory(institutionId: number): Promise<Removed> {
  const at = await asEngine(institutionId, async (tx) => {
    const { days } = await retentionOf(tx);
    await lockRunStarts(tx, institutionId);
    const horizons = await read(tx, Horizon, historyHorizons(institutionId, days.historyDays));
    const found = horizons.find((each) => each.horizon > each.history_removed_seq);
    if (found === undefined) return null;
    await tx.execute(sql`
      update environments set history_from_seq = ${found.horizon} where institution_id = ${institutionId} and id = ${found.id} and history_from_seq < ${found.horizon}`);
    return found;
  });
  if (at === null) return { counts: {}, more: false };
  const seq = at.history_removed_seq + 1;
  let versions = 0;
  for (const entity of ENTITIES) versions += await removeReplaced({ institutionId, ...at }, { entity, seq });
  await asEngine(institutionId, (tx) =>
    tx.execute(
      sql`update environments set history_removed_seq = ${seq} where institution_id = ${institutionId} and id = ${at.id} and history_removed_seq = ${seq - 1}`,
    ),
  );
  return { counts: { versions }, more: true };
}

const Page = z.object({ rows: SqlCount, gone: SqlCount, action: z.string().nullable(), line: z.number().nullable() });

/** Every version is closed by the one that names it, so what a commit closed is found by its own rows, without an index on to_seq. */
async function removeReplaced(
  at: { institutionId: number; id: number; bucket: number },
  of: { entity: Entity; seq: number },
): Promise<number> {
  const { institutionId, id, bucket } = at;
  const versions = versionsOf(of.entity);
  // An add replaces nothing; of the actions it is the first one.
  let after = { action: "add", line: 2_147_483_647 };
  for (let removed = 0; ; ) {
    const [page] = await asEngine(institutionId, (tx) =>
      read(
        tx,
        Page,
        sql`
          with page as (
            select p.action, p.line, p.source_key, p.feed_id, p.replaces_seq
            from ${versions} p
            where p.institution_id = ${institutionId} and p.environment_id = ${id} and p.bucket = ${bucket} and p.from_seq = ${of.seq}
              and (p.action, p.line) > (${after.action}, ${after.line}::int)
            order by p.action, p.line
            limit ${ROWS_AT_ONCE}
          ), gone as (
            delete from ${versions} v
            using page p
            where v.institution_id = ${institutionId} and v.environment_id = ${id} and v.bucket = ${bucket}
              and v.source_key = p.source_key and v.feed_id = p.feed_id and v.from_seq = p.replaces_seq and v.to_seq = ${of.seq}
            returning 1
          )
          select (select count(*) from page) as rows, (select count(*) from gone) as gone, last.action, last.line
          from (select 1) one left join (select action, line from page order by action desc, line desc limit 1) last on true`,
      ),
    );
    await failpoint("retention.history");
    removed += page?.gone ?? 0;
    if (page === undefined || page.rows < ROWS_AT_ONCE || page.action === null || page.line === null) return removed;
    after = { action: page.action, line: page.line };
  }
}
