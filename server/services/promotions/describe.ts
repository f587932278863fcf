import { and, asc, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { promotionNotes } from "@/db/schema";
import {
  type PromotionChecks,
  type PromotionLine,
  type PromotionSide,
  type PromotionState,
  parseChecks,
  parseDifference,
} from "@/server/roster/promotion";
import { namesOf } from "@/server/services/runs/people";
import type { EnvironmentRow, PromotionRow } from "./place";

/** One promotion as both sides see it: states, names, counts; nobody of the roster. */
export interface PromotionView {
  readonly number: number;
  readonly state: PromotionState;
  readonly round: number;
  readonly snapshotSeq: number | null;
  /** The first letters of the digest are what people compare. */
  readonly snapshotDigest: string | null;
  readonly productionSeq: number | null;
  readonly difference: readonly PromotionLine[] | null;
  readonly checks: PromotionChecks | null;
  readonly preparedAt: Date | null;
  readonly confirmed: Signature | null;
  readonly requested: Signature | null;
  readonly decided: Signature | null;
  readonly liveConfirmed: Signature | null;
  readonly expiresAt: Date | null;
  readonly liveAt: Date | null;
  readonly endedAt: Date | null;
  /** Preview, or Production, has moved past what was frozen or compared. */
  readonly isStale: boolean;
  readonly isOutdated: boolean;
  readonly notes: readonly PromotionNote[];
}
interface Signature {
  readonly accountId: number | null;
  readonly name: string | null;
  readonly at: Date;
}
interface PromotionNote {
  readonly id: number;
  readonly at: Date;
  readonly round: number;
  readonly side: PromotionSide;
  readonly name: string | null;
  readonly state: string | null;
  readonly text: string | null;
}

/** Reads what surrounds a promotion. The transaction is the institution's. */
export async function describePromotion(
  tx: Transaction,
  promotion: PromotionRow,
  of: { preview: EnvironmentRow; production: EnvironmentRow },
): Promise<PromotionView> {
  const rows = await tx
    .select()
    .from(promotionNotes)
    .where(and(eq(promotionNotes.institutionId, promotion.institutionId), eq(promotionNotes.promotionId, promotion.id)))
    .orderBy(asc(promotionNotes.id));
  const nameOf = await namesOf(tx, [
    promotion.confirmedBy,
    promotion.requestedBy,
    promotion.decidedBy,
    promotion.liveConfirmedBy,
    ...rows.map((row) => row.accountId),
  ]);
  const signed = (accountId: number | null, at: Date | null): Signature | null =>
    at === null ? null : { accountId, name: nameOf(accountId), at };
  return {
    number: promotion.number,
    state: promotion.state,
    round: promotion.round,
    snapshotSeq: promotion.snapshotSeq,
    snapshotDigest: promotion.snapshotDigest,
    productionSeq: promotion.productionSeq,
    difference: parseDifference(promotion.difference),
    checks: parseChecks(promotion.checks),
    preparedAt: promotion.preparedAt,
    confirmed: signed(promotion.confirmedBy, promotion.confirmedAt),
    requested: signed(promotion.requestedBy, promotion.requestedAt),
    decided: signed(promotion.decidedBy, promotion.decidedAt),
    liveConfirmed: signed(promotion.liveConfirmedBy, promotion.liveConfirmedAt),
    expiresAt: promotion.expiresAt,
    liveAt: promotion.liveAt,
    endedAt: promotion.endedAt,
    isStale: promotion.snapshotSeq !== null && promotion.snapshotSeq !== of.preview.headSeq,
    isOutdated: promotion.productionSeq !== null && promotion.productionSeq !== of.production.headSeq,
    notes: rows.map(({ id, at, round, side, accountId, state, text }) => ({ id, at, round, side, name: nameOf(accountId), state, text })),
  };
}
