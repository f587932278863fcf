import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { versionsOf } from "@/db/roster";
import { ENTITIES } from "@/server/roster/entities";
import type { RetentionDays } from "@/server/services/data/retention-table";
import { expiredDeliveries, expiredMails, expiredRuns, historyHorizons } from "./expired";

/** What would go under a retention if it went now. */
export type Expired = {
  readonly deliveries: number;
  readonly files: number;
  readonly bytes: number;
  readonly runs: number;
  readonly findings: number;
  readonly versions: number;
  readonly mails: number;
};

const Files = z.object({ deliveries: SqlCount, files: SqlCount, bytes: SqlCount });
const Runs = z.object({ runs: SqlCount, findings: SqlCount });
const Count = z.object({ n: SqlCount });
export const Horizon = z.object({
  id: z.number(),
  bucket: z.number(),
  history_from_seq: z.number(),
  history_removed_seq: z.number(),
  horizon: z.number(),
});

/** Counts without removing anything. `tx` is the engine's, since nobody else reads mails. */
export async function countExpired(tx: Transaction, institutionId: number, days: RetentionDays): Promise<Expired> {
  const [files] = await read(
    tx,
    Files,
    sql`
      with gone as (select d.id from ${expiredDeliveries(institutionId, days.filesDays)})
      select (select count(*) from gone) as deliveries, count(*) as files, coalesce(sum(k.bytes), 0) as bytes
      from gone join delivery_files k on k.institution_id = ${institutionId} and k.delivery_id = gone.id`,
  );
  const [runs] = await read(
    tx,
    Runs,
    sql`
      with gone as (select r.id from ${expiredRuns(institutionId, days.detailDays)})
      select (select count(*) from gone) as runs,
        (select count(*) from issues i where i.institution_id = ${institutionId} and i.run_id in (select id from gone)) as findings`,
  );
  const [mails] = await read(tx, Count, sql`select count(*) as n from ${expiredMails(institutionId, days.mailDays)}`);
  return {
    deliveries: files?.deliveries ?? 0,
    files: files?.files ?? 0,
    bytes: files?.bytes ?? 0,
    runs: runs?.runs ?? 0,
    findings: runs?.findings ?? 0,
    versions: await countVersions(tx, institutionId, days.historyDays),
    mails: mails?.n ?? 0,
  };
}

/** Replaced versions, counted by what replaced them: it costs what was changed, not what there is. */
async function countVersions(tx: Transaction, institutionId: number, days: number): Promise<number> {
  let versions = 0;
  for (const at of await read(tx, Horizon, historyHorizons(institutionId, days))) {
    if (at.horizon <= at.history_removed_seq) continue;
    for (const entity of ENTITIES) {
      const [count] = await read(
        tx,
        Count,
        sql`
          select count(*) as n from ${versionsOf(entity)} p
          where p.institution_id = ${institutionId} and p.environment_id = ${at.id} and p.bucket = ${at.bucket}
            and p.from_seq > ${at.history_removed_seq} and p.from_seq <= ${at.horizon} and p.replaces_seq is not null`,
      );
      versions += count?.n ?? 0;
    }
  }
  return versions;
}
