import { sql } from "drizzle-orm";
import type { SyncContext } from "./context";

/**
 * What a commit leaves for later, so that the roster is live first: after a first load the indexes that only readers of the
 * roster use (classes by school, enrollments by class and person, people by any part of their words: together they would cost
 * the load half as much again), and the planner hears what has grown. Does nothing where there is nothing to do; readers go
 * on meanwhile.
 */
export async function afterCommit(context: SyncContext): Promise<void> {
  await context.databases.engine.asTenant(context.institutionId, (tx) =>
    tx.execute(sql`select partitions.index_roster(${context.environmentId}), partitions.analyze_parents()`),
  );
}
