import { and, asc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
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

/** Deliveries of the run that list only changes, oldest first, by their position in it: nothing that comes later supersedes them. */
export async function deltaDeliveries(tx: Transaction, run: RunRow): Promise<{ position: number; dropped: boolean }[]> {
  return read(
    tx,
    z.object({ position: z.number(), dropped: z.boolean() }),
    sql`select d.position, d.dropped from run_deliveries d
        where d.institution_id = ${run.institutionId} and d.run_id = ${run.id} and exists (
          select from run_files f where f.institution_id = d.institution_id and f.run_id = d.run_id and f.position = d.position
            and f.entity is not null and f.mode in ('delta', 'undecided'))
        order by d.position`,
  );
}
