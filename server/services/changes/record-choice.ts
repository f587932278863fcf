import { and, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import type { PlanRef } from "@/db/plan";
import { followChoices, followRefusals } from "@/db/plan-follows";
import { choices, runs } from "@/db/schema";
import type { Json } from "@/db/schema/json";
import type { TenantActor } from "@/server/auth/actor";
import type { RunRow } from "@/server/services/runs/place";

/**
 * Ends an act of choosing, in its transaction: lets what depends on it follow, writes the act down as the next selection
 * version, and returns the run with it.
 */
export async function recordChoice(
  tx: Transaction,
  actor: TenantActor,
  act: {
    readonly run: RunRow;
    readonly plan: PlanRef;
    readonly scope: Json;
    readonly on: boolean;
    readonly changed: number;
    readonly onlyOff?: boolean;
  },
): Promise<RunRow> {
  const version = act.run.selectionVersion + 1;
  if (act.onlyOff === true) await followRefusals(tx, act.plan, version);
  else await followChoices(tx, act.plan, version);
  await tx.insert(choices).values({
    institutionId: act.run.institutionId,
    runId: act.run.id,
    version,
    scope: act.scope,
    isOn: act.on,
    changed: act.changed,
    accountId: actor.accountId,
  });
  const [changed] = await tx
    .update(runs)
    .set({ selectionVersion: version, touchedAt: new Date() })
    .where(and(eq(runs.institutionId, act.run.institutionId), eq(runs.id, act.run.id)))
    .returning();
  if (changed === undefined) throw new Error("The run went away under its lock");
  return changed;
}
