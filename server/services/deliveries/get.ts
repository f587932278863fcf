import { and, asc, eq } from "drizzle-orm";
import { z } from "zod";
import { deliveries, deliveryFiles } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { deliveryFindings } from "@/server/intake/findings";

/** One delivery with its files and what intake found. Throws NOT_FOUND. */
export async function getDelivery(actor: TenantActor, input: { delivery: string }) {
  authorize(actor, "run:read");
  const { institutionId } = actor;
  const id = z.uuid().parse(input.delivery);
  return asTenant(institutionId, async (tx) => {
    const [found] = await tx
      .select({
        delivery: deliveries.id,
        feed: deliveries.feedId,
        state: deliveries.state,
        packageName: deliveries.packageName,
        digest: deliveries.digest,
        bytes: deliveries.bytes,
        begunAt: deliveries.begunAt,
        finishedAt: deliveries.finishedAt,
      })
      .from(deliveries)
      .where(and(eq(deliveries.institutionId, institutionId), eq(deliveries.id, id)));
    if (found === undefined) throw new AppError("NOT_FOUND", "Delivery not found");
    const files = await tx
      .select({
        name: deliveryFiles.name,
        announcedBytes: deliveryFiles.declaredBytes,
        bytes: deliveryFiles.bytes,
        emptied: deliveryFiles.emptied,
        finishedAt: deliveryFiles.finishedAt,
      })
      .from(deliveryFiles)
      .where(and(eq(deliveryFiles.institutionId, institutionId), eq(deliveryFiles.deliveryId, id)))
      .orderBy(asc(deliveryFiles.name));
    return { ...found, files, issues: await deliveryFindings(tx, { institutionId, deliveryId: id }) };
  });
}
