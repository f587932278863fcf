import { sql } from "drizzle-orm";
import type { SyncContext } from "./context";

/**
 * Builds what makes people quick to find by any part of their words, where a first load did without (it would cost the load
 * most of a second per 50,000 people). Called after a commit; does nothing when it is there. Readers go on meanwhile.
 */
export async function indexPeople(context: SyncContext): Promise<void> {
  await context.databases.engine.asTenant(context.institutionId, (tx) =>
    tx.execute(sql`select partitions.index_words(${context.environmentId})`),
  );
}
