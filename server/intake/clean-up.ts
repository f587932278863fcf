import { and, eq, lte, sql } from "drizzle-orm";
import { deliveries, deliveryFiles, institutions } from "@/db/schema";
import { audit } from "@/server/audit";
import { asTenant, asVendor } from "@/server/database";
import { objectKeys, removeObject, removeUnfinished } from "@/server/objects";

/**
 * Removes what a crash left of intake: deliveries that were begun more than `olderThanMs` ago and never finished are
 * cancelled, and objects that no delivery names (zips among them) go, as do half-written files. Safe to call at any time; with
 * 0 only where nobody can be uploading, which is so when the one process that takes uploads has just started.
 */
export async function cleanUpIntake(olderThanMs: number): Promise<{ cancelled: number; objects: number; unfinished: number }> {
  const unfinished = await removeUnfinished(olderThanMs);
  const begunBefore = sql`now() - make_interval(secs => ${olderThanMs / 1000})`;
  const abandoned = await asVendor((tx) =>
    tx
      .select({ institutionId: deliveries.institutionId, id: deliveries.id })
      .from(deliveries)
      .where(and(eq(deliveries.state, "open"), lte(deliveries.begunAt, begunBefore))),
  );
  for (const delivery of abandoned) await cancelAbandoned(delivery);
  let objects = 0;
  const institutionIds = await asVendor(async (tx) => (await tx.select({ id: institutions.id }).from(institutions)).map(({ id }) => id));
  for await (const place of objectKeys(olderThanMs)) {
    if (institutionIds.includes(place.institutionId) && (await isNamed(place))) continue;
    await removeObject(place);
    objects += 1;
  }
  return { cancelled: abandoned.length, objects, unfinished };
}

async function cancelAbandoned({ institutionId, id }: { institutionId: number; id: string }): Promise<void> {
  await asTenant(institutionId, async (tx) => {
    const ended = await tx
      .update(deliveries)
      .set({ state: "cancelled", finishedAt: new Date() })
      .where(and(eq(deliveries.institutionId, institutionId), eq(deliveries.id, id), eq(deliveries.state, "open")))
      .returning({ id: deliveries.id });
    if (ended.length === 0) return;
    await tx.delete(deliveryFiles).where(and(eq(deliveryFiles.institutionId, institutionId), eq(deliveryFiles.deliveryId, id)));
    await audit(tx, { kind: "system", accountId: null, institutionId }, { verb: "delivery.abandon", subject: `delivery ${id}` });
  });
}

async function isNamed({ institutionId, key }: { institutionId: number; key: string }): Promise<boolean> {
  const rows = await asTenant(institutionId, (tx) =>
    tx
      .select({ key: deliveryFiles.objectKey })
      .from(deliveryFiles)
      .where(and(eq(deliveryFiles.institutionId, institutionId), eq(deliveryFiles.objectKey, key))),
  );
  return rows.length > 0;
}
