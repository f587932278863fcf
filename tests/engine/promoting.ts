import { contextOf, type SyncContext } from "@/server/sync/context";
import { openSet } from "@/server/sync/open-set";
import { promote } from "@/server/sync/promote";
import type { Scene } from "./scene";

/** Where Preview stands now: what a promotion freezes. */
export async function freeze(preview: Scene) {
  const { head_seq: seq, bucket } = await preview.environment();
  return { environmentId: preview.environmentId, bucket, seq };
}

/** Brings a frozen snapshot to Production, as the job does after an approval. */
export async function promoteTo(
  production: Scene,
  of: { feedId: number; snapshot: Awaited<ReturnType<typeof freeze>> },
): Promise<SyncContext> {
  const asked = await production.run({ feedId: of.feedId });
  await production.administrator`update runs set trigger = 'promotion', all_feeds = true where id = ${asked.runId}`;
  const context = await contextOf(production.institutionId, asked.runId);
  await openSet(context, { bytes: of.snapshot.bucket >= 1000 ? Number.MAX_SAFE_INTEGER : 0, isPatient: false });
  await promote(context, {
    snapshot: of.snapshot,
    settings: { [of.feedId]: 1 },
    accountId: production.accountId,
    inTransaction: async () => {},
  });
  return context;
}
