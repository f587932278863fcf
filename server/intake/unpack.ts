import { createHash } from "node:crypto";
import { newObjectKey, openSealed, removeObject, writeSealed } from "@/server/objects";
import type { Issue } from "@/server/roster/issue";
import { DeliveryRefused } from "@/server/sources/lib/refused";
import { openZip } from "@/server/sources/lib/zip";
import { type Scrubbing, scrub } from "./scrub";

/** A file of a delivery as it is kept: scrubbed, sealed, known by the digest of its original bytes. */
export interface KeptFile {
  readonly name: string;
  readonly objectKey: string;
  readonly bytes: number;
  readonly digest: string;
  readonly emptied: EmptiedCells;
}

/** By header: as what it was denied, and how many of its cells held something. */
export type EmptiedCells = Readonly<Record<string, { readonly as: "password" | "personal"; readonly cells: number }>>;

export interface Unpacked {
  /** Findings about the package; when one of them is a refusal, `files` is empty and nothing is kept. */
  readonly issues: readonly Issue[];
  readonly files: readonly KeptFile[];
}

export const isZip = (name: string): boolean => /\.zip$/i.test(name);

/**
 * Unpacks a sealed zip, entry by entry, through the scrubber into objects of their own: no byte of it touches the disk in
 * clear. The zip itself is left to the caller. Never throws for a bad zip.
 */
export async function unpack(zip: { institutionId: number; name: string; key: string }): Promise<Unpacked> {
  const { institutionId, name } = zip;
  const object = await openSealed({ institutionId, key: zip.key });
  const { issues, entries } = await openZip({ name, bytes: object.bytes, read: object.read });
  const files: KeptFile[] = [];
  try {
    for (const entry of entries) files.push(await keep(institutionId, entry));
    return { issues, files };
  } catch (cause) {
    for (const file of files) await removeObject({ institutionId, key: file.objectKey });
    if (!(cause instanceof DeliveryRefused)) throw cause;
    return { issues: [...issues, cause.issue], files: [] };
  }
}

async function keep(institutionId: number, entry: { name: string; stream(): AsyncIterable<Buffer> }): Promise<KeptFile> {
  const digest = createHash("sha256");
  const scrubbing = scrub(entry.name, digested(entry.stream(), digest));
  const key = newObjectKey(institutionId);
  const { bytes } = await writeSealed({ institutionId, key }, scrubbing.kept);
  return { name: entry.name, objectKey: key, bytes, digest: digest.digest("hex"), emptied: emptiedCells(scrubbing) };
}

/** What the scrubber found, once it has ended. */
export const emptiedCells = ({ emptied }: Scrubbing): EmptiedCells =>
  Object.fromEntries([...emptied].filter(([, { cells }]) => cells > 0).map(([header, { as, cells }]) => [header, { as, cells }]));

async function* digested(chunks: AsyncIterable<Buffer>, digest: { update(chunk: Buffer): unknown }): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    digest.update(chunk);
    yield chunk;
  }
}
