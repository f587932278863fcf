import { sql } from "drizzle-orm";
import { z } from "zod";
import { institutionLimits } from "@/db/schema";
import { audit } from "@/server/audit";
import type { Actor } from "@/server/auth/actor";
import { asVendor } from "@/server/database";
import { findForStaff } from "@/server/services/vendor/find-for-staff";
import { limitsSet } from "./effective";
import { INSTITUTION_LIMITS, type LimitKey, limitKeys } from "./table";

/** A limit in its stored unit; null: as everybody's; absent: as it was. */
const limit = (key: LimitKey) => {
  const { min, max, label } = INSTITUTION_LIMITS[key];
  return z.number().int().min(min, `${label}: too little`).max(max, `${label}: more than this deployment takes`).nullable().optional();
};

export const SetLimits = z.object({
  institution: z.string().min(1).max(63),
  limits: z.object({
    rowsMax: limit("rowsMax"),
    filesMax: limit("filesMax"),
    fileBytesMax: limit("fileBytesMax"),
    runsMax: limit("runsMax"),
    archivePercent: limit("archivePercent"),
    editPercent: limit("editPercent"),
    errorPercent: limit("errorPercent"),
    filesDaysMax: limit("filesDaysMax"),
    detailDaysMax: limit("detailDaysMax"),
    historyDaysMax: limit("historyDaysMax"),
    mailDaysMax: limit("mailDaysMax"),
    mailsPerHour: limit("mailsPerHour"),
  }),
  /** Why; the institution reads it in its audit trail. */
  reason: z.string().trim().min(3, "Say why").max(500),
});

/** Sets limits of one institution, with the reason in its audit trail. What changes nothing writes nothing. Throws NOT_FOUND. */
export async function setLimits(actor: Actor, raw: z.input<typeof SetLimits>): Promise<{ changed: LimitKey[] }> {
  const input = SetLimits.parse(raw);
  return asVendor(async (tx) => {
    const institution = await findForStaff(tx, input.institution, { lock: true });
    const before = await limitsSet(tx, institution.id);
    const changed = limitKeys().filter((key) => input.limits[key] !== undefined && input.limits[key] !== before[key]);
    if (changed.length === 0) return { changed };
    const after = Object.fromEntries(changed.map((key) => [key, input.limits[key]]));
    const values = { ...after, updatedAt: sql`now()`, updatedBy: actor.accountId };
    await tx
      .insert(institutionLimits)
      .values({ institutionId: institution.id, ...values })
      .onConflictDoUpdate({ target: institutionLimits.institutionId, set: values });
    await audit(
      tx,
      { kind: "staff", accountId: actor.accountId, institutionId: institution.id },
      {
        verb: "limit.set",
        subject: `institution ${institution.id}`,
        detail: {
          reason: input.reason,
          ...Object.fromEntries(changed.map((key) => [key, [before[key], input.limits[key] ?? null]])),
        },
      },
    );
    return { changed };
  });
}
