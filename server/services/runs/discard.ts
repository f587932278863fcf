import { and, eq, inArray } from "drizzle-orm";
import { z } from "zod";
import { decisions, runDeliveries, runs } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { emit } from "@/server/jobs/events";
import { deltaDeliveries } from "./deliveries";
import { findRun, isWaiting, RunPlace } from "./place";

export const DiscardRun = RunPlace.extend({
  reason: z.string().trim().min(1).max(500).optional(),
  /** Whether deliveries that list only changes come along with the next run again, or are dropped for good. Full lists need no answer. */
  deliveries: z.enum(["keep", "drop"]).default("keep"),
});

/**
 * Gives a waiting plan up: nothing of it is committed, its report keeps counts, findings and choices. The worker removes its
 * rows. Nothing supersedes a delivery of changes alone, so it waits for the next run unless the person drops it (ARCHITECTURE §5).
 * Throws CONFLICT when the plan no longer waits, NOT_FOUND.
 */
export async function discardRun(actor: TenantActor, raw: z.input<typeof DiscardRun>): Promise<{ discarding: true }> {
  authorize(actor, "run:discard");
  const input = DiscardRun.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const { run } = await findRun(tx, actor, { ...input, lock: true });
    if (run.state === "discarded") return { discarding: true };
    if (!isWaiting(run)) throw new AppError("CONFLICT", "Only a plan that waits can be discarded", { data: { state: run.state } });
    await tx.insert(decisions).values({
      institutionId: run.institutionId,
      runId: run.id,
      verb: "discard",
      selectionVersion: run.selectionVersion,
      accountId: actor.accountId,
    });
    await tx
      .update(runs)
      .set({ decidedBy: actor.accountId, reason: input.reason ?? "Discarded by a person" })
      .where(and(eq(runs.institutionId, run.institutionId), eq(runs.id, run.id)));
    const changesOnly = await deltaDeliveries(tx, run);
    if (input.deliveries === "drop" && changesOnly.length > 0) {
      await tx
        .update(runDeliveries)
        .set({ dropped: true })
        .where(
          and(
            eq(runDeliveries.institutionId, run.institutionId),
            eq(runDeliveries.runId, run.id),
            inArray(
              runDeliveries.position,
              changesOnly.map(({ position }) => position),
            ),
          ),
        );
    }
    await audit(tx, actor, {
      verb: "run.discard",
      subject: `run ${run.number}`,
      detail: changesOnly.length === 0 ? {} : { deliveries: input.deliveries, count: changesOnly.length },
    });
    await emit(tx, { name: "run/decided", data: { institutionId: run.institutionId, runId: run.id }, id: `run/decided:${run.id}:discard` });
    return { discarding: true };
  });
}
