import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import { versionsOf } from "@/db/roster";
import type { OpenSet } from "./context";
import type { EntityLoads } from "./loads";
import { mayArchive } from "./scope";
import { columnsOf, current, gone, list, stage } from "./tables";

/**
 * Archives what a complete bulk file lacks: current versions of this feed, in scope, whose key no row of the file has, be it
 * valid or not (R3). Returns how many.
 */
export async function archiveAbsent(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<number> {
  if (open.baseSeq === 0) return 0;
  const columns = columnsOf(of.entity);
  const lacking = (key: string) => sql`not exists (select from ${stage(open, of.entity)} s where s.source_key = ${sql.raw(key)})`;
  // Few keys are gone: the roster is asked for those alone, never read through.
  const from = of.isQuick
    ? sql`(select distinct g.source_key from ${gone(open, of.entity)} g where ${lacking("g.source_key")}) g
        join ${current(open, of.entity, "v")} on v.source_key = g.source_key`
    : current(open, of.entity, "v");
  const absent = of.isQuick ? sql`true` : lacking("v.source_key");
  const [archived] = await read(
    tx,
    z.object({ archived: z.number() }),
    sql`
      with archived as (
        insert into ${versionsOf(of.entity)} (institution_id, environment_id, bucket, feed_id, from_seq, line, replaces_seq, action, status,
          status_reason, modified_at, source_key, sourced_id, ${sql.raw(columns.join(", "))}, extras)
        select ${open.institutionId}::int, ${open.environmentId}::int, ${open.bucket}::int, ${open.feedId}::int, ${open.seq}::int,
          -row_number() over (order by v.source_key), v.from_seq, 'archive', 'archived', 'absent', v.modified_at, v.source_key, v.sourced_id,
          ${list("v", columns)}, v.extras
        from ${from}
        where v.status <> 'archived' and ${absent} and ${mayArchive(open, of.entity, "v")}
        returning 1)
      select count(*)::int as archived from archived`,
  );
  return archived?.archived ?? 0;
}
