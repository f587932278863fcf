import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { deliveries, deliveryFiles } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { removeObject } from "@/server/objects";

/** Ends an open delivery and removes what arrived of it. Throws NOT_FOUND, and CONFLICT once it has ended otherwise. */
export async function cancelDelivery(actor: TenantActor, input: { delivery: string }): Promise<{ delivery: string }> {
  authorize(actor, "delivery:create");
  const { institutionId } = actor;
  const delivery = z.uuid().parse(input.delivery);
  const ofDelivery = and(eq(deliveries.institutionId, institutionId), eq(deliveries.id, delivery));
  const arrived = await asTenant(institutionId, async (tx) => {
    const [found] = await tx.select({ state: deliveries.state }).from(deliveries).where(ofDelivery).for("update");
    if (found === undefined) throw new AppError("NOT_FOUND", "Delivery not found");
    if (found.state === "cancelled") return [];
    if (found.state !== "open") throw new AppError("CONFLICT", "This delivery has already arrived");
    await tx.update(deliveries).set({ state: "cancelled", finishedAt: new Date() }).where(ofDelivery);
    await audit(tx, actor, { verb: "delivery.cancel", subject: `delivery ${delivery}` });
    return tx
      .delete(deliveryFiles)
      .where(and(eq(deliveryFiles.institutionId, institutionId), eq(deliveryFiles.deliveryId, delivery)))
      .returning({ key: deliveryFiles.objectKey });
  });
  for (const { key } of arrived) await removeObject({ institutionId, key });
  return { delivery };
}
