import { and, eq, sql } from "drizzle-orm";
import { promotions } from "@/db/schema";
import { asEngine, asVendor } from "@/server/database";
import { loadRenderer } from "@/server/notify/render";
import { REQUEST_DAYS } from "@/server/roster/promotion";
import { movePromotion } from "@/server/services/promotions/move";
import { inngest } from "./client";

/** So many at a time; the next tick takes the rest. */
const AT_ONCE = 40;

/** Ends requests that nobody decided about in time. */
export const expirePromotions = inngest.createFunction(
  { id: "expire-promotions", retries: 3, triggers: { cron: "43 * * * *" } },
  async ({ step }) => {
    const old = await step.run("find", findOld);
    for (const each of old) await step.run(`expire:${each.id}`, () => expire(each));
    return { expired: old.length };
  },
);

/** Across institutions, by the role that sees promotions and no roster. */
async function findOld(): Promise<{ id: string; institutionId: number }[]> {
  return asVendor((tx) =>
    tx
      .select({ id: promotions.id, institutionId: promotions.institutionId })
      .from(promotions)
      .where(and(eq(promotions.state, "requested"), sql`${promotions.expiresAt} < now()`))
      .orderBy(promotions.expiresAt)
      .limit(AT_ONCE),
  );
}

async function expire(of: { id: string; institutionId: number }): Promise<{ expired: boolean }> {
  await loadRenderer();
  return asEngine(of.institutionId, async (tx) => {
    const [promotion] = await tx
      .select()
      .from(promotions)
      .where(
        and(
          eq(promotions.institutionId, of.institutionId),
          eq(promotions.id, of.id),
          eq(promotions.state, "requested"),
          sql`${promotions.expiresAt} < now()`,
        ),
      )
      .for("update");
    if (promotion === undefined) return { expired: false };
    await movePromotion(
      tx,
      { side: "system", accountId: null, institutionId: of.institutionId },
      { promotion, to: "expired", text: `Nobody decided within ${REQUEST_DAYS} days` },
    );
    return { expired: true };
  });
}
