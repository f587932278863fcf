import { and, eq, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { promotionNotes, promotions } from "@/db/schema";
import type { Json } from "@/db/schema/json";
import { audit } from "@/server/audit";
import { AppError } from "@/server/errors";
import { notifyPromotion } from "@/server/notify/notify-promotion";
import { mayMove, type PromotionSide, type PromotionState } from "@/server/roster/promotion";
import type { PromotionRow } from "./place";

/** Whose act it is. */
export interface Mover {
  readonly side: PromotionSide;
  readonly accountId: number | null;
  readonly institutionId: number;
}

interface Move {
  readonly promotion: PromotionRow;
  readonly to: PromotionState;
  /** What is written with it. */
  readonly set?: Partial<typeof promotions.$inferInsert>;
  /** What the mover says about it. */
  readonly text?: string | undefined;
  readonly detail?: Readonly<Record<string, Json>>;
}

const AUDIT_KINDS = { institution: "member", staff: "staff", system: "system" } as const;
const ENDED: readonly PromotionState[] = ["rejected", "rolledBack", "superseded", "expired"];

/**
 * Moves a promotion, if that is legal and nobody moved it since it was read; with a line in its discussion, one in the institution's
 * audit, and a mail to the other side. Throws CONFLICT otherwise.
 */
export async function movePromotion(tx: Transaction, mover: Mover, move: Move): Promise<PromotionRow> {
  const { promotion, to } = move;
  if (!mayMove(mover.side, promotion.state, to)) throw new AppError("CONFLICT", sentenceOf(promotion.state));
  const [moved] = await tx
    .update(promotions)
    .set({ ...move.set, state: to, movedBy: mover.side, ...(ENDED.includes(to) ? { endedAt: sql`clock_timestamp()` } : {}) })
    .where(
      and(
        eq(promotions.institutionId, promotion.institutionId),
        eq(promotions.id, promotion.id),
        eq(promotions.state, promotion.state),
        eq(promotions.round, promotion.round),
      ),
    )
    .returning();
  if (moved === undefined) throw new AppError("CONFLICT", "Somebody else decided meanwhile. Look again.");
  await note(tx, mover, { promotion: moved, state: to, text: move.text });
  await audit(
    tx,
    { kind: AUDIT_KINDS[mover.side], accountId: mover.accountId, institutionId: mover.institutionId },
    {
      verb: `promotion.${to}`,
      subject: `promotion ${moved.number}`,
      detail: { round: moved.round, from: promotion.state, ...move.detail },
    },
  );
  await notifyPromotion(tx, { promotion: moved, said: to });
  return moved;
}

/** One line of the discussion. */
export async function note(
  tx: Transaction,
  mover: Mover,
  said: { promotion: PromotionRow; state: PromotionState | null; text: string | undefined },
): Promise<void> {
  await tx.insert(promotionNotes).values({
    institutionId: mover.institutionId,
    promotionId: said.promotion.id,
    round: said.promotion.round,
    side: mover.side,
    accountId: mover.accountId,
    state: said.state,
    text: said.text ?? null,
  });
}

/** Why a promotion in this state cannot go where somebody wanted it. */
function sentenceOf(state: PromotionState): string {
  switch (state) {
    case "draft":
      return "Nobody has confirmed a snapshot yet";
    case "confirmed":
      return "A snapshot is confirmed; the vendor has not been asked yet";
    case "requested":
      return "The vendor has been asked and has not decided yet";
    case "changesAsked":
      return "The vendor asked for changes; confirm again first";
    case "approved":
    case "applying":
      return "This was approved and is being applied";
    case "rejected":
      return "This request was rejected";
    case "live":
      return "This snapshot is live already";
    case "confirmedLive":
      return "This promotion is finished";
    case "rolledBack":
      return "This promotion was rolled back";
    case "superseded":
      return "Preview has moved since, so this request ended";
    case "expired":
      return "Nobody decided in time, so this request ended";
    default:
      return state satisfies never;
  }
}
