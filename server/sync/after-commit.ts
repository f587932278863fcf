import { sql } from "drizzle-orm";
import type { SyncContext } from "./context";

/**
 * What a commit leaves for later, so that the roster is live first: people of a first load become quick to find by any part
 * of their words (it would cost the load most of a second per 50,000 people), and the planner hears what has grown. Does
 * nothing where there is nothing to do; readers go on meanwhile.
 */
export async function afterCommit(context: SyncContext): Promise<void> {
  await context.databases.engine.asTenant(context.institutionId, (tx) =>
    tx.execute(sql`select partitions.index_words(${context.environmentId}), partitions.analyze_parents()`),
  );
}
