import { z } from "zod";
import type { deliveryFiles } from "@/db/schema";
import type { KeptFile } from "@/server/intake/unpack";

export type KeptFileRow = KeptFile & { readonly declaredBytes: number | null };

const Emptied = z.record(z.string(), z.object({ as: z.enum(["password", "personal"]), cells: z.number().int() }));

/** A file that has arrived, from its row. */
export function keptFileOf(row: typeof deliveryFiles.$inferSelect): KeptFileRow {
  if (row.digest === null) throw new Error(`${row.objectKey} arrived without a digest`);
  const { name, objectKey, bytes, digest, declaredBytes } = row;
  return { name, objectKey, bytes, digest, declaredBytes, emptied: Emptied.parse(row.emptied) };
}
