import { and, eq, isNull, sql } from "drizzle-orm";
import { handOffs } from "@/db/schema";
import { audit } from "@/server/audit";
import type { HandOffActor } from "@/server/auth/hand-off";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { notifyStep } from "@/server/notify/notify-step";
import { loadRenderer } from "@/server/notify/render";
import { type FinishedDelivery, finishDelivery } from "@/server/services/deliveries/finish";
import { checkDelivery } from "@/server/services/onboarding/check-delivery";
import { startRun } from "@/server/services/runs/start";
import type { CheckLine } from "@/server/sources/source";

/** What whoever brought the files is told: about files, never about people. */
export interface FinishedHandOff {
  /** `refused`: the package cannot be read. `failed`: a file of it cannot. Both may be sent again. */
  readonly state: "done" | "refused" | "failed";
  readonly issues: FinishedDelivery["issues"];
  readonly lines: readonly CheckLine[];
}

/**
 * Ends what the link was sending, tests it, and asks for the first plan, which those who sent the link review. The step is done
 * then and the link brings nothing more. Throws CONFLICT while a file is missing.
 */
export async function finishHandOff(actor: HandOffActor): Promise<FinishedHandOff> {
  const { deliveryId, id, feed } = actor.handOff;
  if (deliveryId === null) throw new AppError("CONFLICT", "No file was sent yet");
  const finished = await finishDelivery(actor, { delivery: deliveryId });
  if (finished.state === "refused") return { state: "refused", issues: finished.issues, lines: [] };
  const { lines } = await checkDelivery(actor, { delivery: deliveryId });
  if (lines.some(({ outcome }) => outcome === "fail")) return { state: "failed", issues: [], lines };
  const isPrepared = await startOnce(actor, { feed: feed.id, delivery: deliveryId });
  await loadRenderer();
  await asTenant(actor.institutionId, async (tx) => {
    const done = await tx
      .update(handOffs)
      .set({ doneAt: sql`now()` })
      .where(and(eq(handOffs.institutionId, actor.institutionId), eq(handOffs.id, id), isNull(handOffs.doneAt)))
      .returning({ id: handOffs.id });
    if (done.length === 0) return;
    await audit(tx, actor, { verb: "handOff.done", subject: `hand-off ${id}`, detail: { feed: feed.id } });
    await notifyStep(tx, { institutionId: actor.institutionId, step: { kind: "handOff", id, isPrepared } });
  });
  return { state: "done", issues: [], lines };
}

/** While another run works the files simply wait: the members see them and go on from there. */
async function startOnce(actor: HandOffActor, of: { feed: number; delivery: string }): Promise<boolean> {
  try {
    await startRun(actor, { ...of, environment: "preview", kind: "full", autoCommit: false });
    return true;
  } catch (cause) {
    if (!(cause instanceof AppError) || (cause.code !== "CONFLICT" && cause.code !== "TOO_MANY")) throw cause;
    return false;
  }
}
