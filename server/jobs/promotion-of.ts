import { and, eq } from "drizzle-orm";
import { NonRetriableError } from "inngest";
import { promotions } from "@/db/schema";
import { asEngine } from "@/server/database";
import { log } from "@/server/log";
import type { PromotionRow } from "@/server/services/promotions/place";
import { EVENTS } from "./events";

/** The promotion that an event names, looked up inside the event's institution; a forged event is told to the log and never retried (T28). */
export async function promotionOf(data: unknown): Promise<PromotionRow> {
  const { institutionId, promotionId } = EVENTS["promotion/approved"].parse(data);
  const [promotion] = await asEngine(institutionId, (tx) =>
    tx
      .select()
      .from(promotions)
      .where(and(eq(promotions.institutionId, institutionId), eq(promotions.id, promotionId))),
  );
  if (promotion === undefined) {
    log.error({ institutionId, promotionId, alert: true }, "an event names a promotion that its institution does not have");
    throw new NonRetriableError("This institution has no such promotion");
  }
  return promotion;
}
