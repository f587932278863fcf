import { and, asc, desc, eq, gt, lt, or, type SQL } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { deliveries, runDeliveries, runs } from "@/db/schema";
import type { JobRun } from "./run-of";

/**
 * What a run reads, oldest first: its own delivery, and where that holds deltas every earlier one of the feed that arrived
 * since the last committed one (ARCHITECTURE §5). Written down, so that a second call and the report say the same.
 */
export async function chooseDeliveries(tx: Transaction, run: JobRun, hasDelta: boolean): Promise<string[]> {
  const known = await takenBy(tx, run);
  if (known.length > 0) return known;
  const taken = hasDelta ? [...(await pendingBefore(tx, run)), run.deliveryId] : [run.deliveryId];
  await tx
    .insert(runDeliveries)
    .values(taken.map((deliveryId, index) => ({ institutionId: run.institutionId, runId: run.id, position: index + 1, deliveryId })))
    .onConflictDoNothing();
  return takenBy(tx, run);
}

async function takenBy(tx: Transaction, run: JobRun): Promise<string[]> {
  const rows = await tx
    .select({ deliveryId: runDeliveries.deliveryId })
    .from(runDeliveries)
    .where(and(eq(runDeliveries.institutionId, run.institutionId), eq(runDeliveries.runId, run.id)))
    .orderBy(asc(runDeliveries.position));
  return rows.map((row) => row.deliveryId);
}

async function pendingBefore(tx: Transaction, run: JobRun): Promise<string[]> {
  const own = await arrival(tx, run, run.deliveryId);
  const [committed] = await tx
    .select({ deliveryId: runs.deliveryId })
    .from(runs)
    .where(
      and(
        eq(runs.institutionId, run.institutionId),
        eq(runs.environmentId, run.environmentId),
        eq(runs.feedId, run.feedId),
        eq(runs.state, "committed"),
      ),
    )
    .orderBy(desc(runs.commitSeq))
    .limit(1);
  const last = committed === undefined ? null : await arrival(tx, run, committed.deliveryId);
  const rows = await tx
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.institutionId, run.institutionId),
        eq(deliveries.feedId, run.feedId),
        eq(deliveries.state, "ready"),
        own === null ? undefined : isBefore(own),
        last === null ? undefined : isAfter(last),
      ),
    )
    .orderBy(asc(deliveries.finishedAt), asc(deliveries.id));
  return rows.map((row) => row.id);
}

interface Arrival {
  readonly id: string;
  readonly at: Date;
}

async function arrival(tx: Transaction, run: JobRun, deliveryId: string): Promise<Arrival | null> {
  const [found] = await tx
    .select({ id: deliveries.id, at: deliveries.finishedAt })
    .from(deliveries)
    .where(and(eq(deliveries.institutionId, run.institutionId), eq(deliveries.id, deliveryId)));
  return found?.at == null ? null : { id: found.id, at: found.at };
}

const isBefore = (of: Arrival): SQL | undefined =>
  or(lt(deliveries.finishedAt, of.at), and(eq(deliveries.finishedAt, of.at), lt(deliveries.id, of.id)));
const isAfter = (of: Arrival): SQL | undefined =>
  or(gt(deliveries.finishedAt, of.at), and(eq(deliveries.finishedAt, of.at), gt(deliveries.id, of.id)));
