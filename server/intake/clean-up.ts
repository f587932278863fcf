import { and, eq, gt, lte, notExists, type SQL, sql } from "drizzle-orm";
import { deliveries, deliveryFiles, institutionExports, institutions } from "@/db/schema";
import { audit } from "@/server/audit";
import { asTenant, asVendor } from "@/server/database";
import { objectKeys, removeObject, removeUnfinished } from "@/server/objects";

/**
 * Removes what a crash left of intake: deliveries of which nothing arrived for `olderThanMs` and that were never finished are
 * cancelled, and objects that no delivery names (zips among them) go, as do half-written files. Safe to call at any time; with
 * 0 only where nobody can be uploading, which is so when the one process that takes uploads has just started.
 */
export async function cleanUpIntake(olderThanMs: number): Promise<{ cancelled: number; objects: number; unfinished: number }> {
  const unfinished = await removeUnfinished(olderThanMs);
  const longAgo = sql`now() - make_interval(secs => ${olderThanMs / 1000})`;
  const abandoned = await asVendor((tx) =>
    tx
      .select({ institutionId: deliveries.institutionId, id: deliveries.id })
      .from(deliveries)
      .where(and(eq(deliveries.state, "open"), lte(deliveries.begunAt, longAgo))),
  );
  let cancelled = 0;
  for (const delivery of abandoned) if (await cancelAbandoned(delivery, longAgo)) cancelled += 1;
  let objects = 0;
  let named = { institutionId: -1, keys: new Set<string>() };
  const known = await asVendor(async (tx) => (await tx.select({ id: institutions.id }).from(institutions)).map(({ id }) => id));
  for await (const place of objectKeys(olderThanMs)) {
    const { institutionId, key } = place;
    // Objects come institution by institution, so one reading of its deliveries serves all of them.
    if (named.institutionId !== institutionId) {
      named = { institutionId, keys: known.includes(institutionId) ? await namedKeys(institutionId) : new Set() };
    }
    if (named.keys.has(key)) continue;
    await removeObject(place);
    objects += 1;
  }
  return { cancelled, objects, unfinished };
}

/** False where a file of it arrived since: then somebody is still sending. */
async function cancelAbandoned({ institutionId, id }: { institutionId: number; id: string }, longAgo: SQL): Promise<boolean> {
  return asTenant(institutionId, async (tx) => {
    const ofDelivery = and(eq(deliveryFiles.institutionId, institutionId), eq(deliveryFiles.deliveryId, id));
    const ended = await tx
      .update(deliveries)
      .set({ state: "cancelled", finishedAt: new Date() })
      .where(
        and(
          eq(deliveries.institutionId, institutionId),
          eq(deliveries.id, id),
          eq(deliveries.state, "open"),
          notExists(
            tx
              .select({ name: deliveryFiles.name })
              .from(deliveryFiles)
              .where(and(ofDelivery, gt(deliveryFiles.finishedAt, longAgo))),
          ),
        ),
      )
      .returning({ id: deliveries.id });
    if (ended.length === 0) return false;
    await tx.delete(deliveryFiles).where(ofDelivery);
    await audit(tx, { kind: "system", accountId: null, institutionId }, { verb: "delivery.abandon", subject: `delivery ${id}` });
    return true;
  });
}

/** The keys of all objects that a delivery or an export of this institution names. */
async function namedKeys(institutionId: number): Promise<Set<string>> {
  const rows = await asTenant(institutionId, async (tx) => [
    ...(await tx.select({ key: deliveryFiles.objectKey }).from(deliveryFiles).where(eq(deliveryFiles.institutionId, institutionId))),
    ...(await tx
      .select({ key: institutionExports.objectKey })
      .from(institutionExports)
      .where(eq(institutionExports.institutionId, institutionId))),
  ]);
  return new Set(rows.flatMap(({ key }) => (key === null ? [] : [key])));
}
