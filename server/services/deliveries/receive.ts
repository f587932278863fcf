import { createHash } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import { deliveries, deliveryFiles } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { failpoint } from "@/server/failpoint";
import { scrub } from "@/server/intake/scrub";
import { emptiedCells, isZip } from "@/server/intake/unpack";
import { newObjectKey, removeObject, writeSealed } from "@/server/objects";

/** One file of an open delivery, on its way in. */
export interface Arrival {
  readonly delivery: string;
  readonly name: string;
  readonly chunks: AsyncIterable<Buffer>;
}

/**
 * Takes the bytes of one file as they come, in flat memory: a CSV passes the scrubber, a zip is sealed as it is until it is
 * unpacked. What is recorded is the digest of the original bytes. Throws NOT_FOUND for a file that was not announced, CONFLICT
 * for one that arrived before or a delivery that is no longer open, INVALID when there are fewer or more bytes than announced;
 * nothing of it is then kept.
 */
export async function receiveFile(actor: TenantActor, arrival: Arrival): Promise<{ bytes: number; digest: string }> {
  authorize(actor, "delivery:create");
  const { institutionId } = actor;
  const announced = await announcedBytes(institutionId, arrival);
  const digest = createHash("sha256");
  const arriving = measured(arrival.chunks, { announced, digest });
  const scrubbing = isZip(arrival.name) ? { kept: arriving, emptied: new Map() } : scrub(arrival.name, arriving);
  const place = { institutionId, key: newObjectKey(institutionId) };
  const { bytes } = await writeSealed(place, scrubbing.kept);
  await failpoint("intake:file-sealed");
  const hex = digest.digest("hex");
  const emptied = emptiedCells(scrubbing);
  const taken = await asTenant(institutionId, async (tx) => {
    const open = tx
      .select({ id: deliveries.id })
      .from(deliveries)
      .where(and(eq(deliveries.institutionId, institutionId), eq(deliveries.id, arrival.delivery), eq(deliveries.state, "open")))
      .for("share");
    if ((await open).length === 0) return false;
    const updated = await tx
      .update(deliveryFiles)
      .set({ objectKey: place.key, bytes, digest: hex, emptied, finishedAt: new Date() })
      .where(and(ofArriving(institutionId, arrival), isNull(deliveryFiles.finishedAt)))
      .returning({ name: deliveryFiles.name });
    return updated.length > 0;
  });
  if (!taken) {
    await removeObject(place);
    throw new AppError("CONFLICT", "This file arrived before, or its delivery has ended");
  }
  return { bytes: announced, digest: hex };
}

/** Refuses what was not announced before a byte of it is read. */
async function announcedBytes(institutionId: number, arrival: Arrival): Promise<number> {
  const [found] = await asTenant(institutionId, (tx) =>
    tx
      .select({ bytes: deliveryFiles.declaredBytes, finishedAt: deliveryFiles.finishedAt, state: deliveries.state })
      .from(deliveryFiles)
      .innerJoin(deliveries, and(eq(deliveries.institutionId, deliveryFiles.institutionId), eq(deliveries.id, deliveryFiles.deliveryId)))
      .where(ofArriving(institutionId, arrival)),
  );
  if (found === undefined) throw new AppError("NOT_FOUND", "This file was not announced");
  if (found.state !== "open" || found.finishedAt !== null)
    throw new AppError("CONFLICT", "This file arrived before, or its delivery has ended");
  return found.bytes ?? 0;
}

const ofArriving = (institutionId: number, arrival: Arrival) =>
  and(
    eq(deliveryFiles.institutionId, institutionId),
    eq(deliveryFiles.deliveryId, arrival.delivery),
    eq(deliveryFiles.name, arrival.name),
    eq(deliveryFiles.role, "arriving"),
  );

async function* measured(
  chunks: AsyncIterable<Buffer>,
  into: { announced: number; digest: { update(chunk: Buffer): unknown } },
): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > into.announced) throw new AppError("INVALID", "More bytes came than were announced. Nothing of this file was kept.");
    into.digest.update(chunk);
    yield chunk;
  }
  if (bytes < into.announced) throw new AppError("INVALID", "The upload ended before the file was complete. Nothing of it was kept.");
}
