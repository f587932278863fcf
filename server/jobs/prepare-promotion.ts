import { and, eq, notInArray, sql } from "drizzle-orm";
import { promotions } from "@/db/schema";
import { asEngine } from "@/server/database";
import { bothEnvironments } from "@/server/services/promotions/place";
import { weighSnapshot } from "@/server/sync/promote-difference";
import { inngest } from "./client";
import { promotionOf } from "./promotion-of";

/** Computes what a frozen snapshot says and how it differs from Production, for whoever decides; again when Production moved since. */
export const preparePromotion = inngest.createFunction(
  { id: "prepare-promotion", retries: 5, triggers: { event: "promotion/confirmed" } },
  async ({ event, step }) => step.run("weigh", () => weigh(event.data)),
);

async function weigh(data: unknown): Promise<{ round: number; records: number } | null> {
  const { institutionId, id, round, snapshotSeq } = await promotionOf(data);
  if (snapshotSeq === null) return null;
  return asEngine(institutionId, async (tx) => {
    const { preview, production } = await bothEnvironments(tx, institutionId);
    const weighed = await weighSnapshot(tx, {
      institutionId,
      snapshot: { environmentId: preview.id, bucket: preview.bucket, seq: snapshotSeq },
      production: { environmentId: production.id, bucket: production.bucket, headSeq: production.headSeq },
    });
    // A newer round has another snapshot, and an event of its own; what was approved is what was seen then.
    await tx
      .update(promotions)
      .set({
        snapshotDigest: weighed.digest,
        productionSeq: production.headSeq,
        difference: weighed.difference.map((line) => ({ ...line })),
        checks: { ...weighed.checks },
        preparedAt: sql`clock_timestamp()`,
      })
      .where(
        and(
          eq(promotions.institutionId, institutionId),
          eq(promotions.id, id),
          eq(promotions.round, round),
          notInArray(promotions.state, ["approved", "applying", "live", "confirmedLive", "rolledBack"]),
        ),
      );
    return { round, records: weighed.difference.reduce((sum, line) => sum + line.preview, 0) };
  });
}
