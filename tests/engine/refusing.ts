import { sql } from "drizzle-orm";
import { leaveOut } from "@/db/plan";
import { followChoices } from "@/db/plan-follows";
import type { SyncContext } from "@/server/sync/context";
import { follow, type ModelChange } from "./model";
import type { Scene } from "./scene";

/** Unticks changes as the action list does, in the engine's plan and in the model's. */
export async function refuseChanges(
  scene: Scene,
  of: { context: SyncContext; changes: ModelChange[]; places: readonly number[] },
): Promise<ModelChange[]> {
  const on = of.changes.filter((change) => !change.off);
  const person = [...new Set(of.places.flatMap((place) => (on.length === 0 ? [] : [on[place % on.length]])))].filter(
    (change) => change !== undefined,
  );
  if (person.length === 0) return [];
  const { head_seq: head, bucket } = await scene.environment();
  const plan = { ...of.context, bucket, seq: head + 1 };
  await of.context.databases.engine.asTenant(scene.institutionId, async (tx) => {
    for (const { entity, key } of person) {
      await leaveOut(tx, plan, { entity, rows: sql`v.source_key = ${key}`, cause: "person", version: 1 });
    }
    await followChoices(tx, plan, 1);
    await tx.execute(sql`update runs set selection_version = 1 where id = ${of.context.runId}`);
  });
  for (const change of person) change.off = true;
  follow(of.changes);
  return person;
}
