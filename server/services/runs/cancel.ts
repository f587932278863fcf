import { and, eq } from "drizzle-orm";
import type { z } from "zod";
import { runs } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { emit } from "@/server/jobs/events";
import { findRun, RunPlace } from "./place";
import { isWorking } from "./stalled";

/**
 * Asks a run that is being prepared to stop. The step in hand notices, and the run ends as discarded with its reason; until
 * then its report says that it was asked. A commit cannot be stopped. Throws CONFLICT, NOT_FOUND.
 */
export async function cancelRun(actor: TenantActor, raw: z.input<typeof RunPlace>): Promise<{ cancelRequested: true }> {
  authorize(actor, "run:discard");
  const input = RunPlace.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const { run } = await findRun(tx, actor, { ...input, lock: true });
    if (run.cancelRequestedAt !== null) return { cancelRequested: true };
    if (run.state === "committing") throw new AppError("CONFLICT", "A commit cannot be stopped: it happens at once or not at all");
    if (!isWorking(run.state)) throw new AppError("CONFLICT", "This run is not being prepared any more", { data: { state: run.state } });
    await tx
      .update(runs)
      .set({ cancelRequestedAt: new Date(), decidedBy: actor.accountId })
      .where(and(eq(runs.institutionId, run.institutionId), eq(runs.id, run.id)));
    await audit(tx, actor, { verb: "run.cancel", subject: `run ${run.number}` });
    await emit(tx, { name: "run/cancelled", data: { institutionId: run.institutionId, runId: run.id }, id: `run/cancelled:${run.id}` });
    return { cancelRequested: true };
  });
}
