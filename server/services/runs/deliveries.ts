import { and, asc, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { deliveries, runDeliveries } from "@/db/schema";
import type { RunRow } from "./place";
import type { RunReport } from "./report";

/** What the run reads, oldest first; until it has collected, the delivery that it was asked for. */
export async function takenDeliveries(tx: Transaction, run: RunRow): Promise<RunReport["deliveries"]> {
  const columns = { id: deliveries.id, receivedAt: deliveries.finishedAt, packageName: deliveries.packageName, digest: deliveries.digest };
  const taken = await tx
    .select(columns)
    .from(runDeliveries)
    .innerJoin(deliveries, and(eq(deliveries.institutionId, runDeliveries.institutionId), eq(deliveries.id, runDeliveries.deliveryId)))
    .where(and(eq(runDeliveries.institutionId, run.institutionId), eq(runDeliveries.runId, run.id)))
    .orderBy(asc(runDeliveries.position));
  if (taken.length > 0) return taken;
  return tx
    .select(columns)
    .from(deliveries)
    .where(and(eq(deliveries.institutionId, run.institutionId), eq(deliveries.id, run.deliveryId)));
}
