import { eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { institutionLimits, institutions } from "@/db/schema";
import { INSTITUTION_LIMITS, type InstitutionLimits, limitKeys } from "./table";

/** What was set for an institution; null where everybody's holds. */
export async function limitsSet(tx: Transaction, institutionId: number): Promise<Record<keyof InstitutionLimits, number | null>> {
  const [row] = await tx.select().from(institutionLimits).where(eq(institutionLimits.institutionId, institutionId));
  return {
    rowsMax: row?.rowsMax ?? null,
    filesMax: row?.filesMax ?? null,
    fileBytesMax: row?.fileBytesMax ?? null,
    runsMax: row?.runsMax ?? null,
    archivePercent: row?.archivePercent ?? null,
    editPercent: row?.editPercent ?? null,
    errorPercent: row?.errorPercent ?? null,
    filesDaysMax: row?.filesDaysMax ?? null,
    detailDaysMax: row?.detailDaysMax ?? null,
    historyDaysMax: row?.historyDaysMax ?? null,
    mailDaysMax: row?.mailDaysMax ?? null,
    mailsPerHour: row?.mailsPerHour ?? null,
  };
}

/** The limits of an institution with who can raise them, for whoever refuses something by them. */
export async function limitsOfInstitution(
  tx: Transaction,
  institutionId: number,
): Promise<{ readonly limits: InstitutionLimits; readonly ask: string }> {
  const set = await limitsSet(tx, institutionId);
  const [institution] = await tx
    .select({ helpContact: institutions.helpContact })
    .from(institutions)
    .where(eq(institutions.id, institutionId));
  const at = (key: keyof InstitutionLimits): number => set[key] ?? INSTITUTION_LIMITS[key].default;
  const limits = Object.fromEntries(limitKeys().map((key) => [key, at(key)]));
  // Every key of the table was visited.
  return { limits: limits as InstitutionLimits, ask: whoToAsk(institution?.helpContact ?? null) };
}

const whoToAsk = (helpContact: string | null): string =>
  helpContact === null
    ? "The vendor's staff set this limit and can raise it."
    : `The vendor's staff set this limit and can raise it: ask ${helpContact}.`;
