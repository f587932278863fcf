import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { institutionOwners, staff } from "@/db/schema";
import { audit } from "@/server/audit";
import type { Actor } from "@/server/auth/actor";
import { asVendor } from "@/server/database";
import { AppError } from "@/server/errors";
import { findForStaff } from "./find-for-staff";

export const SetOwner = z.object({
  institution: z.string().min(1).max(63),
  /** The account of one of the staff; null: nobody. */
  owner: z.number().int().positive().nullable(),
});

/** Says who of the staff looks after an institution. Throws NOT_FOUND, also for an account that is not of the staff. */
export async function setOwner(actor: Actor, raw: z.input<typeof SetOwner>): Promise<void> {
  const input = SetOwner.parse(raw);
  await asVendor(async (tx) => {
    const institution = await findForStaff(tx, input.institution, { lock: true });
    if (input.owner === null) await tx.delete(institutionOwners).where(eq(institutionOwners.institutionId, institution.id));
    else {
      const [person] = await tx
        .select({ id: staff.accountId })
        .from(staff)
        .where(and(eq(staff.accountId, input.owner), isNull(staff.removedAt)));
      if (person === undefined) throw new AppError("NOT_FOUND", "This account is not of the staff");
      await tx
        .insert(institutionOwners)
        .values({ institutionId: institution.id, accountId: person.id })
        .onConflictDoUpdate({ target: institutionOwners.institutionId, set: { accountId: person.id, since: sql`now()` } });
    }
    await audit(
      tx,
      { kind: "staff", accountId: actor.accountId, institutionId: institution.id },
      { verb: "institution.setOwner", subject: `institution ${institution.id}`, detail: { owner: input.owner } },
    );
  });
}
