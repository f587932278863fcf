import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { deliveries, deliveryFiles, feeds } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { isZip } from "@/server/intake/unpack";
import { freeBytes, newObjectKey } from "@/server/objects";
import { limitsOfInstitution } from "@/server/services/limits/effective";
import { LIMITS } from "@/server/sources/lib/limits";

/** What must stay free beside what is announced. */
const SPARE_BYTES = 64 * 1024 ** 2;

/** Names are data: they never become a path. What could still mislead a person, or an address, is refused. */
const FileName = z
  .string()
  .min(1)
  .max(255)
  .refine((name) => !FORBIDDEN.test(name) && name.trim() !== "" && !/^\.+$/.test(name), "This file has a name that cannot be taken");
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters and look-alikes of the slash are what is refused.
const FORBIDDEN = /[\u0000-\u001f\u007f/\\\u2044\u2215\u29f8\uff0f\uff3c]/;

export const BeginInput = z.object({
  feed: z.number().int().positive(),
  packageName: FileName.nullish(),
  files: z
    .array(z.object({ name: FileName, bytes: z.number().int().min(0) }))
    .min(1)
    .max(LIMITS.zipEntriesMax),
});

export interface BegunDelivery {
  readonly delivery: string;
  /** Where the bytes of each file go, by PUT. */
  readonly uploads: readonly { readonly name: string; readonly url: string }[];
}

/**
 * Opens a delivery of a feed: one zip, or CSV files. Nothing is kept before its bytes come. Throws NOT_FOUND for a feed that
 * the institution does not have, TOO_LARGE above 1 GB a file or 2 GB in all or above what staff set for this institution,
 * INVALID for a zip beside other files or a name that comes twice, and UNAVAILABLE when the storage could not hold it.
 */
export async function beginDelivery(actor: TenantActor, input: z.input<typeof BeginInput>): Promise<BegunDelivery> {
  authorize(actor, "delivery:create");
  const { feed, packageName, files } = BeginInput.parse(input);
  refuseSizes(files);
  const zip = files.find((file) => isZip(file.name));
  if (zip !== undefined && files.length > 1) throw new AppError("INVALID", "Send one zip, or CSV files, but not both");
  if (new Set(files.map((file) => file.name)).size < files.length) throw new AppError("INVALID", "Two files have the same name; keep one");
  await refuseWithoutRoom(files.reduce((sum, file) => sum + file.bytes, 0));
  const { institutionId } = actor;
  const id = await asTenant(institutionId, async (tx) => {
    await refuseUnknownFeed(tx, institutionId, feed);
    await refuseOverLimits(tx, institutionId, files);
    const [made] = await tx
      .insert(deliveries)
      .values({
        institutionId,
        feedId: feed,
        state: "open",
        door: actor.kind === "command" ? "command" : "upload",
        packageName: zip?.name ?? packageName ?? null,
        begunBy: actor.accountId,
      })
      .returning({ id: deliveries.id });
    if (made === undefined) throw new Error("A delivery was not made");
    await tx.insert(deliveryFiles).values(
      files.map((file) => ({
        institutionId,
        deliveryId: made.id,
        name: file.name,
        role: "arriving" as const,
        declaredBytes: file.bytes,
        objectKey: newObjectKey(institutionId),
      })),
    );
    await audit(tx, actor, { verb: "delivery.begin", subject: `delivery ${made.id}`, detail: { feed, files: files.length } });
    return made.id;
  });
  return { delivery: id, uploads: files.map(({ name }) => ({ name, url: uploadUrl(actor.institution.slug, id, name) })) };
}

const uploadUrl = (slug: string, delivery: string, name: string): string =>
  `/api/uploads/${delivery}/${encodeURIComponent(name)}?institution=${encodeURIComponent(slug)}`;

function refuseSizes(files: readonly { name: string; bytes: number }[]): void {
  const large = files.find((file) => file.bytes > LIMITS.fileBytesMax);
  if (large !== undefined) throw new AppError("TOO_LARGE", `${large.name} is larger than 1 GB`);
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  if (total > LIMITS.deliveryBytesMax) throw new AppError("TOO_LARGE", "These files are larger than 2 GB together");
}

/** What staff set for this institution alone; a zip's own files are counted again when it was unpacked. */
async function refuseOverLimits(tx: Transaction, institutionId: number, files: readonly { name: string; bytes: number }[]): Promise<void> {
  const { limits, ask } = await limitsOfInstitution(tx, institutionId);
  if (files.length > limits.filesMax) {
    throw new AppError("TOO_LARGE", `${files.length} files are more than the ${limits.filesMax} that one delivery may have here. ${ask}`);
  }
  const large = files.find((file) => file.bytes > limits.fileBytesMax);
  if (large === undefined) return;
  const allowed = Math.floor(limits.fileBytesMax / 1024 ** 2);
  throw new AppError("TOO_LARGE", `${large.name} is larger than the ${allowed} MB that a file may have here. ${ask}`);
}

async function refuseWithoutRoom(bytes: number): Promise<void> {
  const free = await freeBytes();
  if (free >= bytes + SPARE_BYTES) return;
  throw new AppError("UNAVAILABLE", "The storage is full. Nothing was changed.", {
    internal: `object store: ${free} bytes free, ${bytes} announced`,
  });
}

async function refuseUnknownFeed(tx: Transaction, institutionId: number, feed: number): Promise<void> {
  const [found] = await tx
    .select({ id: feeds.id })
    .from(feeds)
    .where(and(eq(feeds.institutionId, institutionId), eq(feeds.id, feed), isNull(feeds.disabledAt)));
  if (found === undefined) throw new AppError("NOT_FOUND", "There is no such feed");
}
