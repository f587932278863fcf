import { and, desc, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { feeds, promotions, runs } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { emit } from "@/server/jobs/events";
import { loadRenderer } from "@/server/notify/render";
import { REQUEST_DAYS } from "@/server/roster/promotion";
import { type Mover, movePromotion } from "./move";
import { bothEnvironments, openPromotion, type PromotionRow } from "./place";

export const ConfirmPromotion = z.object({
  /** The commit of Preview that the person has seen. */
  seq: z.number().int().min(1),
  note: z.string().trim().min(1).max(2_000).optional(),
});

const DAY_MS = 86_400_000;

/** Freezes Preview as it stands and says that it is right. Throws STALE when it moved since it was seen, CONFLICT. */
export async function confirmPromotion(actor: TenantActor, raw: z.input<typeof ConfirmPromotion>): Promise<{ number: number }> {
  authorize(actor, "promotion:request");
  const input = ConfirmPromotion.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const { preview } = await lockSnapshot(tx, actor, input.seq);
    const { number } = await confirm(tx, actor, { ...input, seq: preview.headSeq });
    return { number };
  });
}

/** Asks the vendor to bring the confirmed snapshot to Production; confirms it first where nobody did. Throws STALE, CONFLICT. */
export async function requestPromotion(actor: TenantActor, raw: z.input<typeof ConfirmPromotion>): Promise<{ number: number }> {
  authorize(actor, "promotion:request");
  const input = ConfirmPromotion.parse(raw);
  await loadRenderer();
  return asTenant(actor.institutionId, async (tx) => {
    const { preview } = await lockSnapshot(tx, actor, input.seq);
    const known = await openPromotion(tx, actor.institutionId);
    const isConfirmed = known?.state === "confirmed" && known.snapshotSeq === preview.headSeq;
    const confirmed = isConfirmed ? known : await confirm(tx, actor, { seq: preview.headSeq });
    const now = Date.now();
    const requested = await movePromotion(tx, moverOf(actor), {
      promotion: confirmed,
      to: "requested",
      set: { requestedBy: actor.accountId, requestedAt: new Date(now), expiresAt: new Date(now + REQUEST_DAYS * DAY_MS) },
      text: input.note,
      detail: { seq: preview.headSeq },
    });
    return { number: requested.number };
  });
}

/** Whoever acts for the institution. */
export const moverOf = (actor: TenantActor): Mover => ({
  side: "institution",
  accountId: actor.accountId,
  institutionId: actor.institutionId,
});

async function lockSnapshot(tx: Transaction, actor: TenantActor, seq: number) {
  const both = await bothEnvironments(tx, actor.institutionId, { lock: true });
  if (both.preview.headSeq === 0) throw new AppError("CONFLICT", "Nothing is committed in Preview yet");
  if (both.preview.headSeq !== seq) {
    throw new AppError("STALE", `Preview moved to commit ${both.preview.headSeq} since you looked. Look at it again.`, {
      data: { headSeq: both.preview.headSeq },
    });
  }
  const committing = await tx.$count(
    runs,
    and(eq(runs.institutionId, actor.institutionId), eq(runs.environmentId, both.preview.id), eq(runs.state, "committing")),
  );
  if (committing > 0) throw new AppError("CONFLICT", "A commit is under way in Preview. Wait until it has ended.");
  return both;
}

async function confirm(tx: Transaction, actor: TenantActor, of: { seq: number; note?: string | undefined }): Promise<PromotionRow> {
  const promotion = (await openPromotion(tx, actor.institutionId)) ?? (await draft(tx, actor));
  const known = await tx
    .select({ id: feeds.id, draftVersion: feeds.draftVersion })
    .from(feeds)
    .where(and(eq(feeds.institutionId, actor.institutionId), isNull(feeds.disabledAt)));
  const confirmed = await movePromotion(tx, moverOf(actor), {
    promotion,
    to: "confirmed",
    set: {
      round: promotion.round + 1,
      snapshotSeq: of.seq,
      settings: Object.fromEntries(known.map((feed) => [String(feed.id), feed.draftVersion])),
      snapshotDigest: null,
      productionSeq: null,
      difference: null,
      checks: null,
      preparedAt: null,
      confirmedBy: actor.accountId,
      confirmedAt: new Date(),
      requestedBy: null,
      requestedAt: null,
      expiresAt: null,
      decidedBy: null,
      decidedAt: null,
    },
    text: of.note,
    detail: { seq: of.seq },
  });
  await emit(tx, { name: "promotion/confirmed", data: { institutionId: actor.institutionId, promotionId: confirmed.id } });
  return confirmed;
}

/** The institution's next promotion, before anybody has confirmed anything. */
export async function draft(tx: Transaction, actor: Pick<TenantActor, "institutionId">): Promise<PromotionRow> {
  const [last] = await tx
    .select({ number: promotions.number })
    .from(promotions)
    .where(eq(promotions.institutionId, actor.institutionId))
    .orderBy(desc(promotions.number))
    .limit(1);
  const [made] = await tx
    .insert(promotions)
    .values({ institutionId: actor.institutionId, number: (last?.number ?? 0) + 1, state: "draft", movedBy: "institution" })
    .onConflictDoNothing()
    .returning();
  if (made === undefined) throw new AppError("CONFLICT", "Somebody else began meanwhile. Look again.");
  return made;
}
