import { and, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { feedFields } from "@/db/schema";
import type { Field } from "@/server/sources/source";

/** A field as a form shows it: of a secret only since when there is one. */
export interface KeptField extends Field {
  readonly value: string | null;
  readonly keptAt: Date | null;
}

/** The fields of a feed's source with what is kept of each. */
export async function readFields(
  tx: Transaction,
  of: { institutionId: number; feedId: number; fields: readonly Field[] },
): Promise<KeptField[]> {
  const rows = await tx
    .select({ field: feedFields.field, value: feedFields.value, updatedAt: feedFields.updatedAt })
    .from(feedFields)
    .where(and(eq(feedFields.institutionId, of.institutionId), eq(feedFields.feedId, of.feedId)));
  return of.fields.map((field) => {
    const kept = rows.find((row) => row.field === field.key);
    return { ...field, value: kept?.value ?? null, keptAt: kept?.updatedAt ?? null };
  });
}
