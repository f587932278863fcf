import { commit } from "@/server/sync/commit";
import { contextOf, type SyncContext } from "@/server/sync/context";
import { openSet } from "@/server/sync/open-set";
import { revert } from "@/server/sync/revert";
import type { Scene } from "./scene";

/** Prepares the undo of a committed run, as the job does after a person asked. */
export async function planUndo(scene: Scene, undone: SyncContext) {
  const asked = await scene.run({ feedId: undone.feedId });
  await scene.administrator`
    update runs set trigger = 'undo', undo_of = ${undone.runId}, all_feeds = ${undone.allFeeds} where id = ${asked.runId}`;
  const context = await contextOf(scene.institutionId, asked.runId);
  const opening = await openSet(context, { bytes: 0, isPatient: false });
  return { context, opening, prepared: await revert(context) };
}

/** The same, committed with everything on whatever the guard says. */
export async function undo(scene: Scene, undone: SyncContext): Promise<SyncContext> {
  const { context } = await planUndo(scene, undone);
  await scene.administrator`update runs set override = '[]' where id = ${context.runId}`;
  await commit(context, { selectionVersion: 0, accountId: scene.accountId });
  return context;
}
