import { desc, eq, sql } from "drizzle-orm";
import type { Transaction } from "./client";
import { runs } from "./schema";

/**
 * Holds back every other start of a run of the institution until the transaction ends: whoever holds it sees all runs that there are,
 * so that the next number, the limits and "who was first" are decided by one at a time.
 */
export async function lockRunStarts(tx: Transaction, institutionId: number): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('start of a run'), ${institutionId})`);
}

/** The number that the institution's next run gets; to be asked behind `lockRunStarts`. */
export async function nextRunNumber(tx: Transaction, institutionId: number): Promise<number> {
  const [last] = await tx
    .select({ number: runs.number })
    .from(runs)
    .where(eq(runs.institutionId, institutionId))
    .orderBy(desc(runs.number))
    .limit(1);
  return (last?.number ?? 0) + 1;
}
