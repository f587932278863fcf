import { and, eq } from "drizzle-orm";
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

/** Tests what arrived as its source does, with the feed's draft settings. Throws NOT_FOUND, and CONFLICT while it is not complete. */
export async function checkDelivery(actor: TenantActor, raw: z.input<typeof CheckDelivery>): Promise<CheckReport> {
  authorize(actor, "delivery:create");
  const input = CheckDelivery.parse(raw);
  const { institutionId } = actor;
  const { files, source, reading } = await asTenant(institutionId, async (tx) => {
    const [found] = await tx
      .select({ feedId: feeds.id, source: feeds.source, version: feeds.draftVersion })
      .from(deliveries)
      .innerJoin(feeds, and(eq(feeds.institutionId, deliveries.institutionId), eq(feeds.id, deliveries.feedId)))
      .where(and(eq(deliveries.institutionId, institutionId), eq(deliveries.id, input.delivery)));
    const known = found === undefined ? null : findSource(found.source);
    if (found === undefined || known === null) throw new AppError("NOT_FOUND", "Delivery not found");
    const settings = await settingsOf(tx, { institutionId, feedId: found.feedId, version: found.version });
    return { files: await deliveryFiles(tx, { institutionId, deliveryId: input.delivery }), source: known, reading: settings.reading };
  });
  try {
    return await source.check(files, reading);
  } finally {
    await files.close();
  }
}
