import { and, asc, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { deliveries, deliveryFiles as files } from "@/db/schema";
import { AppError } from "@/server/errors";
import { openSealed, temporaryObjects } from "@/server/objects";
import type { DeliveryFile, DeliveryFiles } from "@/server/sources/source";

/** The files of a delivery as a source reads them, with a spool of its own. */
export interface OpenDelivery extends DeliveryFiles {
  /** Removes what was spooled. */
  close(): Promise<void>;
}

/**
 * Opens what was kept of a delivery: scrubbed, sealed, in the order of names. `tx` reads as the delivery's institution; it may
 * end before the files are read. Throws `NOT_FOUND` where the institution has no such delivery, and `CONFLICT` where it is not
 * (or no longer) ready.
 */
export async function deliveryFiles(tx: Transaction, delivery: { institutionId: number; deliveryId: string }): Promise<OpenDelivery> {
  const { institutionId, deliveryId } = delivery;
  const [found] = await tx
    .select({ state: deliveries.state, packageName: deliveries.packageName, filesRemovedAt: deliveries.filesRemovedAt })
    .from(deliveries)
    .where(and(eq(deliveries.institutionId, institutionId), eq(deliveries.id, deliveryId)));
  if (found === undefined) throw new AppError("NOT_FOUND", "Delivery not found");
  if (found.state !== "ready")
    throw new AppError("CONFLICT", "This delivery cannot be read", { internal: `delivery ${deliveryId} is ${found.state}` });
  if (found.filesRemovedAt !== null) throw new AppError("CONFLICT", "The files of this delivery are not kept any more; send them again");
  const kept = await tx
    .select({ name: files.name, key: files.objectKey })
    .from(files)
    .where(and(eq(files.institutionId, institutionId), eq(files.deliveryId, deliveryId), eq(files.role, "kept")))
    .orderBy(asc(files.name));
  const spool = temporaryObjects();
  return {
    packageName: found.packageName,
    files: await Promise.all(kept.map((file) => keptFile(file.name, { institutionId, key: file.key }))),
    spool: { write: async (name, chunks) => ({ name, ...(await spool.write(name, chunks)) }) },
    close: () => spool.close(),
  };
}

async function keptFile(name: string, place: { institutionId: number; key: string }): Promise<DeliveryFile> {
  const object = await openSealed(place);
  return { name, bytes: object.bytes, read: object.read };
}
