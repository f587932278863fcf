import { and, arrayContains, asc, desc, eq, gt, isNull, lt, lte, ne, not, or, type SQL } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { isDropped } from "@/db/dropped";
import { deliveries, environments, promotions, runDeliveries, runs } from "@/db/schema";
import { asEngine } from "@/server/database";
import type { JobRun } from "./run-of";

/** More deliveries than a run can take are not even looked at. */
const CANDIDATES_MAX = 40;

/** Whether an earlier delivery can be built upon: a full list needs nothing before it, a refused one is nothing to build upon. */
export type DeliveryNature = "bulk" | "delta" | "refused";

/**
 * What a run reads, oldest first: its own delivery, and where that holds deltas every earlier one of the feed that arrived since
 * the last committed one, back to the newest full list (ARCHITECTURE §5). What a person dropped with a plan stays away; what could
 * not be read was told by its own run and is left out. Written down, so that a second call and the report say the same.
 */
export async function chooseDeliveries(run: JobRun, natureOf: (deliveryId: string) => Promise<DeliveryNature>): Promise<string[]> {
  const known = await asEngine(run.institutionId, (tx) => takenBy(tx, run));
  if (known.length > 0) return known;
  const taken = [run.deliveryId];
  if ((await natureOf(run.deliveryId)) === "delta") {
    for (const earlier of await asEngine(run.institutionId, (tx) => pendingBefore(tx, run))) {
      const nature = await natureOf(earlier);
      if (nature !== "refused") taken.unshift(earlier);
      if (nature === "bulk") break;
    }
  }
  return asEngine(run.institutionId, async (tx) => {
    await tx
      .insert(runDeliveries)
      .values(taken.map((deliveryId, index) => ({ institutionId: run.institutionId, runId: run.id, position: index + 1, deliveryId })))
      .onConflictDoNothing();
    return takenBy(tx, run);
  });
}

async function takenBy(tx: Transaction, run: JobRun): Promise<string[]> {
  const rows = await tx
    .select({ deliveryId: runDeliveries.deliveryId })
    .from(runDeliveries)
    .where(and(eq(runDeliveries.institutionId, run.institutionId), eq(runDeliveries.runId, run.id)))
    .orderBy(asc(runDeliveries.position));
  return rows.map((row) => row.deliveryId);
}

/** Deliveries between the last committed one and the run's own, newest first. */
async function pendingBefore(tx: Transaction, run: JobRun): Promise<string[]> {
  const own = await arrival(tx, run, run.deliveryId);
  const committed = await lastCommitted(tx, run);
  const last = committed === null ? null : await arrival(tx, run, committed);
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
        not(isDropped(run.environmentId)),
      ),
    )
    .orderBy(desc(deliveries.finishedAt), desc(deliveries.id))
    .limit(CANDIDATES_MAX);
  return rows.map((row) => row.id);
}

/**
 * The delivery of the feed that its environment took last. A commit of chosen schools left what a delta says of the others where it
 * was, so it counts only for runs over no more than those. An undo takes nothing, and a promotion what Preview had taken.
 */
async function lastCommitted(tx: Transaction, run: JobRun): Promise<string | null> {
  const ofFeed = and(
    eq(runs.feedId, run.feedId),
    ne(runs.trigger, "promotion"),
    run.schools === null ? isNull(runs.schools) : or(isNull(runs.schools), arrayContains(runs.schools, run.schools)),
  );
  const committed = and(eq(runs.institutionId, run.institutionId), eq(runs.state, "committed"), ne(runs.trigger, "undo"));
  const [last] = await tx
    .select({ deliveryId: runs.deliveryId, trigger: runs.trigger, snapshotSeq: promotions.snapshotSeq })
    .from(runs)
    .leftJoin(promotions, and(eq(promotions.institutionId, runs.institutionId), eq(promotions.runId, runs.id)))
    .where(and(committed, eq(runs.environmentId, run.environmentId), or(eq(runs.trigger, "promotion"), ofFeed)))
    .orderBy(desc(runs.commitSeq))
    .limit(1);
  if (last === undefined || last.trigger !== "promotion") return last?.deliveryId ?? null;
  const [inPreview] = await tx
    .select({ deliveryId: runs.deliveryId })
    .from(runs)
    .innerJoin(environments, and(eq(environments.institutionId, runs.institutionId), eq(environments.id, runs.environmentId)))
    .where(and(committed, ofFeed, eq(environments.name, "preview"), lte(runs.commitSeq, last.snapshotSeq ?? 0)))
    .orderBy(desc(runs.commitSeq))
    .limit(1);
  return inPreview?.deliveryId ?? null;
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
