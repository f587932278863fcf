import { desc, eq, notInArray, type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { accounts, institutions, promotions } from "@/db/schema";
import { asVendor } from "@/server/database";
import type { PromotionState } from "@/server/roster/promotion";

/** One promotion in the vendor's list. */
interface QueuedPromotion {
  readonly id: string;
  readonly institution: { readonly slug: string; readonly name: string; readonly timeZone: string };
  readonly number: number;
  readonly state: PromotionState;
  readonly round: number;
  readonly requestedAt: Date | null;
  readonly requestedBy: string | null;
  readonly expiresAt: Date | null;
  /** When it was last decided, went live or ended. */
  readonly movedAt: Date | null;
}

const RECENT_MAX = 50;

/** Requests that wait for a decision, the oldest first; and what became of the last ones. */
export async function queuedPromotions(): Promise<{ waiting: QueuedPromotion[]; recent: QueuedPromotion[] }> {
  return asVendor(async (tx) => ({
    waiting: await listed(tx, eq(promotions.state, "requested")).orderBy(promotions.requestedAt),
    recent: await listed(tx, notInArray(promotions.state, ["draft", "confirmed", "requested"]))
      .orderBy(desc(movedAt))
      .limit(RECENT_MAX),
  }));
}

const movedAt =
  sql<Date | null>`greatest(${promotions.endedAt}, ${promotions.liveConfirmedAt}, ${promotions.liveAt}, ${promotions.decidedAt})`.mapWith(
    promotions.decidedAt,
  );

const listed = (tx: Transaction, where: SQL) =>
  tx
    .select({
      id: promotions.id,
      institution: { slug: institutions.slug, name: institutions.name, timeZone: institutions.timeZone },
      number: promotions.number,
      state: promotions.state,
      round: promotions.round,
      requestedAt: promotions.requestedAt,
      requestedBy: sql<string | null>`coalesce(${accounts.name}, ${accounts.email})`,
      expiresAt: promotions.expiresAt,
      movedAt,
    })
    .from(promotions)
    .innerJoin(institutions, eq(institutions.id, promotions.institutionId))
    .leftJoin(accounts, eq(accounts.id, promotions.requestedBy))
    .where(where)
    .$dynamic();
