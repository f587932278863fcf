import { and, eq, inArray, isNull } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { runs, staff } from "@/db/schema";
import { audit } from "@/server/audit";
import type { Actor } from "@/server/auth/actor";
import { staffRolesWith } from "@/server/auth/permissions";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { emit } from "@/server/jobs/events";
import { notifyPromotion } from "@/server/notify/notify-promotion";
import { loadRenderer } from "@/server/notify/render";
import { OPEN_STATES } from "@/server/roster/run";
import { ApprovalPlace } from "./approval";
import { driftDigest, type PreviewNow, previewNow } from "./drift";
import { type Mover, movePromotion, note } from "./move";
import { bothEnvironments, type EnvironmentRow, findPromotion, type PromotionRow } from "./place";
import { placeOf } from "./vendor-place";

export const ApprovePromotion = ApprovalPlace.extend({
  /** The snapshot that the approver has seen. */
  digest: z.string().min(1).max(64),
  /** The drift that the approver has seen and accepts by name; null: none waits. */
  drift: z
    .object({ run: z.number().int().positive(), selectionVersion: z.number().int().min(0), total: z.number().int().min(0) })
    .nullable(),
  note: z.string().trim().min(1).max(2_000).optional(),
});
export const RefusePromotion = ApprovalPlace.extend({ reason: z.string().trim().min(3).max(2_000) });
export const SayToInstitution = ApprovalPlace.extend({ text: z.string().trim().min(1).max(2_000) });

/**
 * Lets a snapshot go live. The approver's account differs from the requester's and the confirmer's; Preview is still at the snapshot,
 * Production where the difference was computed, and the drift is the one that was seen: all looked at in the transaction that decides.
 * Throws FORBIDDEN, STALE, CONFLICT, NOT_FOUND.
 */
export async function approvePromotion(actor: Actor, raw: z.input<typeof ApprovePromotion>): Promise<{ state: "approved" }> {
  const input = ApprovePromotion.parse(raw);
  const { mover, institutionId, number } = await moverOf(actor, input.promotion);
  await loadRenderer();
  const stale = await asTenant(institutionId, async (tx) => {
    const { preview, production } = await bothEnvironments(tx, institutionId, { lock: true });
    // Environment, run, promotion: everybody takes them in this order.
    const now = await previewNow(tx, { institutionId }, { lock: true });
    const promotion = await findPromotion(tx, institutionId, number);
    await refuseOwn(tx, actor, promotion);
    if (promotion.state === "requested") {
      if (preview.headSeq !== promotion.snapshotSeq) {
        throw new AppError("STALE", `Preview moved to commit ${preview.headSeq} since this was requested`, {
          data: { headSeq: preview.headSeq },
        });
      }
      if (promotion.snapshotDigest === null) throw new AppError("CONFLICT", "The difference to Production is still being computed");
      if (promotion.snapshotDigest !== input.digest) throw new AppError("STALE", "This is another snapshot than the one you looked at");
      if (promotion.productionSeq !== production.headSeq) {
        await emit(tx, { name: "promotion/confirmed", data: { institutionId, promotionId: promotion.id } });
        return production.headSeq;
      }
      if (promotion.expiresAt !== null && promotion.expiresAt < new Date()) throw new AppError("CONFLICT", "This request has expired");
    }
    if (promotion.state === "requested") {
      refuseOtherDrift(now, input.drift);
      await refuseUnderUndo(tx, production);
    }
    const approved = await movePromotion(tx, mover, {
      promotion,
      to: "approved",
      set: {
        decidedBy: actor.accountId,
        decidedAt: new Date(),
        driftRunId: now.run?.id ?? null,
        driftDigest: await driftDigest(tx, now),
        drift: now.drift === null ? null : { ...now.drift, byEntity: { ...now.drift.byEntity }, byPart: { ...now.drift.byPart } },
      },
      text: input.note,
      detail: { digest: input.digest, drift: now.drift?.total ?? 0 },
    });
    await emit(tx, { name: "promotion/approved", data: { institutionId, promotionId: approved.id } });
    return null;
  });
  if (stale !== null) {
    throw new AppError("STALE", `Production moved to commit ${stale} since the difference was computed. It is computed again now.`, {
      data: { productionSeq: stale },
    });
  }
  return { state: "approved" };
}

/** Sends a request back with what has to change. Throws CONFLICT, FORBIDDEN, NOT_FOUND. */
export const askChanges = (actor: Actor, raw: z.input<typeof RefusePromotion>): Promise<{ state: "changesAsked" | "rejected" }> =>
  refuse(actor, raw, "changesAsked");

/** Ends a request. Throws CONFLICT, FORBIDDEN, NOT_FOUND. */
export const rejectPromotion = (actor: Actor, raw: z.input<typeof RefusePromotion>): Promise<{ state: "changesAsked" | "rejected" }> =>
  refuse(actor, raw, "rejected");

async function refuse(actor: Actor, raw: z.input<typeof RefusePromotion>, to: "changesAsked" | "rejected") {
  const input = RefusePromotion.parse(raw);
  const { mover, institutionId, number } = await moverOf(actor, input.promotion);
  await loadRenderer();
  return asTenant(institutionId, async (tx) => {
    const promotion = await findPromotion(tx, institutionId, number);
    await refuseOwn(tx, actor, promotion);
    const set = { decidedBy: actor.accountId, decidedAt: new Date() };
    await movePromotion(tx, mover, { promotion, to, set, text: input.reason });
    return { state: to };
  });
}

/** Says something to the institution. Throws NOT_FOUND. */
export async function sayToInstitution(actor: Actor, raw: z.input<typeof SayToInstitution>): Promise<{ number: number }> {
  const input = SayToInstitution.parse(raw);
  const { mover, institutionId, number } = await moverOf(actor, input.promotion);
  await loadRenderer();
  return asTenant(institutionId, async (tx) => {
    const promotion = await findPromotion(tx, institutionId, number);
    await note(tx, mover, { promotion, state: null, text: input.text });
    await audit(
      tx,
      { kind: "staff", accountId: actor.accountId, institutionId },
      { verb: "promotion.comment", subject: `promotion ${promotion.number}` },
    );
    await notifyPromotion(tx, { promotion, said: "staffComment" });
    return { number: promotion.number };
  });
}

async function moverOf(actor: Actor, id: string): Promise<{ mover: Mover; institutionId: number; number: number }> {
  const { institutionId, number } = await placeOf(id);
  return { institutionId, number, mover: { side: "staff", accountId: actor.accountId, institutionId } };
}

/** Whoever asked or confirmed is no second person, whatever else they are; nor is one whose role was taken away meanwhile. */
async function refuseOwn(tx: Transaction, actor: Actor, promotion: PromotionRow): Promise<void> {
  const [decider] = await tx
    .select({ role: staff.role })
    .from(staff)
    .where(
      and(eq(staff.accountId, actor.accountId), isNull(staff.removedAt), inArray(staff.role, [...staffRolesWith("promotion:decide")])),
    );
  if (decider === undefined) throw new AppError("FORBIDDEN", "Your role does not allow this any more");
  if (actor.accountId === promotion.requestedBy || actor.accountId === promotion.confirmedBy) {
    throw new AppError("FORBIDDEN", "You asked for this or confirmed it yourself: somebody else has to decide");
  }
}

/** Going live would give up an undo that the institution asked for in Production, and let automatic runs go on that it paused. */
async function refuseUnderUndo(tx: Transaction, production: EnvironmentRow): Promise<void> {
  const [undoing] = await tx
    .select({ number: runs.number })
    .from(runs)
    .where(
      and(
        eq(runs.institutionId, production.institutionId),
        eq(runs.environmentId, production.id),
        eq(runs.trigger, "undo"),
        inArray(runs.state, ["queued", ...OPEN_STATES]),
      ),
    );
  if (undoing === undefined) return;
  throw new AppError("CONFLICT", `An undo (run ${undoing.number}) is under way in Production. It has to be decided first.`);
}

function refuseOtherDrift(now: PreviewNow, seen: z.infer<typeof ApprovePromotion>["drift"]): void {
  if (now.working !== null)
    throw new AppError("CONFLICT", `Run ${now.working} is under way in Preview. Decide when its changes are known.`);
  if (now.undoing !== null) throw new AppError("CONFLICT", `An undo (run ${now.undoing}) waits in Preview. It has to be decided first.`);
  const isSame =
    now.drift === null
      ? seen === null
      : seen !== null &&
        seen.run === now.drift.run &&
        seen.selectionVersion === now.drift.selectionVersion &&
        seen.total === now.drift.total;
  if (!isSame) throw new AppError("STALE", "What waits in Preview has changed since you looked. Look at it again.");
}
