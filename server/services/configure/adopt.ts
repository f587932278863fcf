import { and, eq, lt } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { feeds } from "@/db/schema";
import type { RunRow } from "@/server/services/runs/place";

/**
 * Whoever commits a plan that was prepared with settings not saved yet says yes to those too: they become the feed's draft.
 * A draft that was saved since stays.
 */
export async function adoptTriedSettings(tx: Transaction, run: RunRow): Promise<void> {
  await tx
    .update(feeds)
    .set({ draftVersion: run.settingsVersion })
    .where(and(eq(feeds.institutionId, run.institutionId), eq(feeds.id, run.feedId), lt(feeds.draftVersion, run.settingsVersion)));
}
