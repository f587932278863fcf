import { and, eq } from "drizzle-orm";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { deliveries, feeds } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { deliveryFiles } from "@/server/intake/delivery";
import { settingsOf } from "@/server/services/feeds/settings";
import { findSource } from "@/server/sources";
import type { CheckReport } from "@/server/sources/source";

export const CheckDelivery = z.object({ delivery: z.uuid() });

/**
 * What was found lately. The files of a delivery never change, and neither does what they are under the same settings, while pages ask
 * for it again with every visit.
 */
const foundLately = new LRUCache<string, CheckReport>({ max: 100, ttl: 10 * 60_000 });

/** Tests what arrived as its source does, with the feed's draft settings. Throws NOT_FOUND, and CONFLICT while it is not complete. */
export async function checkDelivery(actor: TenantActor, raw: z.input<typeof CheckDelivery>): Promise<CheckReport> {
  authorize(actor, "delivery:create");
  const input = CheckDelivery.parse(raw);
  return testDelivery({ institutionId: actor.institutionId, deliveryId: input.delivery });
}

/** The test itself, for whoever tells no more of it than how it ended. Throws as `checkDelivery`. */
export async function testDelivery(of: { institutionId: number; deliveryId: string }): Promise<CheckReport> {
  const { institutionId, deliveryId } = of;
  const asked = await asTenant(institutionId, async (tx) => {
    const [feed] = await tx
      .select({ id: feeds.id, source: feeds.source, version: feeds.draftVersion, filesRemovedAt: deliveries.filesRemovedAt })
      .from(deliveries)
      .innerJoin(feeds, and(eq(feeds.institutionId, deliveries.institutionId), eq(feeds.id, deliveries.feedId)))
      .where(and(eq(deliveries.institutionId, institutionId), eq(deliveries.id, deliveryId)));
    const source = feed === undefined ? null : findSource(feed.source);
    if (feed === undefined || source === null) throw new AppError("NOT_FOUND", "Delivery not found");
    const key = `${deliveryId} ${feed.version}`;
    const known = feed.filesRemovedAt === null ? foundLately.get(key) : undefined;
    if (known !== undefined) return known;
    const { reading } = await settingsOf(tx, { institutionId, feedId: feed.id, version: feed.version });
    return { key, source, reading, files: await deliveryFiles(tx, of) };
  });
  if ("lines" in asked) return asked;
  const { files } = asked;
  try {
    const report = await asked.source.check(files, asked.reading);
    foundLately.set(asked.key, report);
    return report;
  } finally {
    await files.close();
  }
}
