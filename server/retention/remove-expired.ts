import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { lockRunStarts } from "@/db/run-starts";
import { asEngine, database } from "@/server/database";
import { failpoint } from "@/server/failpoint";
import { removeObject } from "@/server/objects";
import { retentionOf } from "@/server/services/data/retention";
import { RETENTION } from "@/server/services/data/retention-table";
import { expiredDeliveries, expiredExports, expiredMails, expiredMailsOfNobody, expiredRuns } from "./expired";

/** Rows that one transaction removes at most; others wait for none of them. */
export const ROWS_AT_ONCE = 5_000;
/** Deliveries and exports that one step removes. */
const OBJECTS_AT_ONCE = 50;

/** What one step removed, and whether there may be more. */
export interface Removed {
  readonly counts: Readonly<Record<string, number>>;
  readonly more: boolean;
}

/**
 * Removes sealed files of deliveries that have expired: the rows that name them first, so that nothing is named that is not there;
 * an object that a crash leaves behind is cleared away as one that nobody names.
 */
export async function removeExpiredFiles(institutionId: number): Promise<Removed> {
  const found = await asEngine(institutionId, async (tx) => {
    const { days } = await retentionOf(tx);
    return read(
      tx,
      Id,
      sql`select d.id from ${expiredDeliveries(institutionId, days.filesDays)} order by d.begun_at limit ${OBJECTS_AT_ONCE}`,
    );
  });
  const counts = { deliveries: 0, files: 0, bytes: 0 };
  for (const { id } of found) {
    const keys = await asEngine(institutionId, async (tx) => {
      const { days } = await retentionOf(tx);
      await lockRunStarts(tx, institutionId);
      // Asked again under the lock that every start of a run takes: a plan that began to read it since keeps it.
      const [still] = await read(
        tx,
        Id,
        sql`select d.id from ${expiredDeliveries(institutionId, days.filesDays)} and d.id = ${id} for update of d`,
      );
      if (still === undefined) return [];
      await tx.execute(sql`update deliveries set files_removed_at = now() where institution_id = ${institutionId} and id = ${id}`);
      return read(
        tx,
        Removal,
        sql`delete from delivery_files where institution_id = ${institutionId} and delivery_id = ${id} returning object_key as key, bytes`,
      );
    });
    await failpoint("retention.named");
    for (const { key, bytes } of keys) {
      await removeObject({ institutionId, key });
      counts.files += 1;
      counts.bytes += bytes;
    }
    if (keys.length > 0) counts.deliveries += 1;
  }
  return { counts, more: found.length === OBJECTS_AT_ONCE && counts.deliveries > 0 };
}

/** Tables that hold what a run found and why, and nothing that a later one needs. */
const DETAIL_TABLES = ["issues", "changes", "left_out", "choices", "run_progress", "loads"] as const;

/** Removes findings, choices and reasons of one run that has expired; its counts stay. */
export async function removeExpiredDetail(institutionId: number): Promise<Removed> {
  const run = await asEngine(institutionId, async (tx) => {
    const { days } = await retentionOf(tx);
    const [found] = await read(
      tx,
      Id,
      sql`select r.id from ${expiredRuns(institutionId, days.detailDays)} order by r.ended_at limit 1 for update of r skip locked`,
    );
    if (found !== undefined) {
      await tx.execute(
        sql`update runs set detail_removed_at = coalesce(detail_removed_at, now()) where institution_id = ${institutionId} and id = ${found.id}`,
      );
    }
    return found;
  });
  if (run === undefined) return { counts: {}, more: false };
  await failpoint("retention.detail");
  let findings = 0;
  for (const table of DETAIL_TABLES) {
    const rows = sql`${sql.raw(table)} where institution_id = ${institutionId} and run_id = ${run.id}`;
    const removed = await removeRows(institutionId, sql.raw(table), rows);
    if (table === "issues") findings = removed;
  }
  return { counts: { runs: 1, findings }, more: true };
}

/** Removes mails that have expired. */
export async function removeExpiredMails(institutionId: number): Promise<Removed> {
  const { days } = await asEngine(institutionId, retentionOf);
  const mails = await removeRows(institutionId, sql`mails`, expiredMails(institutionId, days.mailDays));
  return { counts: { mails }, more: false };
}

/** Removes mails that belong to no institution, some thousands at a time, when they are as old as those of an institution may be by default. */
export async function removeExpiredMailsOfNobody(): Promise<Removed> {
  const mails = await (await database("engine")).untenanted(async (tx) => {
    const gone = await tx.execute(sql`
      delete from mails where ctid = any (array(select ctid from ${expiredMailsOfNobody(RETENTION.mailDays.default)} limit ${ROWS_AT_ONCE})) returning 1`);
    return gone.length;
  });
  return { counts: { mails }, more: mails === ROWS_AT_ONCE };
}

/** Removes files of the whole institution that nobody may fetch any more. */
export async function removeExpiredExports(institutionId: number): Promise<Removed> {
  const found = await asEngine(institutionId, (tx) =>
    read(
      tx,
      Exported,
      sql`select x.id, x.object_key as key from ${expiredExports(institutionId)} order by x.expires_at limit ${OBJECTS_AT_ONCE}`,
    ),
  );
  for (const { id, key } of found) {
    if (key !== null) await removeObject({ institutionId, key });
    await asEngine(institutionId, (tx) =>
      tx.execute(
        sql`update institution_exports set state = 'removed', object_key = null where institution_id = ${institutionId} and id = ${id}`,
      ),
    );
  }
  return { counts: { exports: found.length }, more: found.length === OBJECTS_AT_ONCE };
}

const Id = z.object({ id: z.string() });
const Removal = z.object({ key: z.string(), bytes: SqlCount });
const Exported = z.object({ id: z.string(), key: z.string().nullable() });

/** Removes rows of a table without partitions, a transaction for each few thousand. `from` is the table with the condition. */
async function removeRows(institutionId: number, table: SQL, from: SQL): Promise<number> {
  for (let removed = 0; ; ) {
    const count = await asEngine(institutionId, async (tx: Transaction) => {
      const gone = await tx.execute(
        sql`delete from ${table} where ctid = any (array(select ctid from ${from} limit ${ROWS_AT_ONCE})) returning 1`,
      );
      return gone.length;
    });
    removed += count;
    if (count < ROWS_AT_ONCE) return removed;
  }
}
