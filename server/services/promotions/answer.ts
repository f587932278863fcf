import { z } from "zod";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { notifyPromotion } from "@/server/notify/notify-promotion";
import { loadRenderer } from "@/server/notify/render";
import { draft, moverOf } from "./confirm";
import { movePromotion, note } from "./move";
import { findPromotion, openPromotion, shownPromotion } from "./place";

export const CommentPromotion = z.object({ text: z.string().trim().min(1).max(2_000) });
export const WithdrawPromotion = z.object({ reason: z.string().trim().min(1).max(2_000).optional() });
export const ConfirmLive = z.object({ promotion: z.number().int().positive() });

/** Says something to the other side; the first word begins the institution's promotion. */
export async function commentPromotion(actor: TenantActor, raw: z.input<typeof CommentPromotion>): Promise<{ number: number }> {
  authorize(actor, "promotion:request");
  const { text } = CommentPromotion.parse(raw);
  await loadRenderer();
  return asTenant(actor.institutionId, async (tx) => {
    const promotion = (await shownPromotion(tx, actor.institutionId)) ?? (await draft(tx, actor));
    await note(tx, moverOf(actor), { promotion, state: null, text });
    await audit(tx, actor, { verb: "promotion.comment", subject: `promotion ${promotion.number}` });
    await notifyPromotion(tx, { promotion, said: "institutionComment" });
    return { number: promotion.number };
  });
}

/** Takes a confirmation or a request back; Preview commits as usual again. Throws CONFLICT when it was decided, or nothing is to be taken back. */
export async function withdrawPromotion(actor: TenantActor, raw: z.input<typeof WithdrawPromotion>): Promise<{ number: number }> {
  authorize(actor, "promotion:request");
  const { reason } = WithdrawPromotion.parse(raw);
  await loadRenderer();
  return asTenant(actor.institutionId, async (tx) => {
    const promotion = await openPromotion(tx, actor.institutionId);
    if (promotion === null) throw new AppError("CONFLICT", "There is nothing to take back");
    const { number } = await movePromotion(tx, moverOf(actor), { promotion, to: "draft", text: reason });
    return { number };
  });
}

/** The institution's last word: Production is as it should be. Throws CONFLICT, NOT_FOUND. */
export async function confirmLive(actor: TenantActor, raw: z.input<typeof ConfirmLive>): Promise<{ number: number }> {
  authorize(actor, "promotion:request");
  const input = ConfirmLive.parse(raw);
  await loadRenderer();
  return asTenant(actor.institutionId, async (tx) => {
    const promotion = await findPromotion(tx, actor.institutionId, input.promotion);
    const { number } = await movePromotion(tx, moverOf(actor), {
      promotion,
      to: "confirmedLive",
      set: { liveConfirmedBy: actor.accountId, liveConfirmedAt: new Date() },
    });
    return { number };
  });
}
