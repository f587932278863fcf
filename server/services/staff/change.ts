import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { staff } from "@/db/schema";
import { STAFF_ROLES, type StaffRole } from "@/server/auth/permissions";
import { isBroken } from "@/server/broken-rule";
import { asVendor } from "@/server/database";
import { AppError } from "@/server/errors";
import type { StaffPerson } from "../second-factor/person";
import { auditStaff } from "../second-factor/staff-session";

export const ChangeStaffRole = z.object({ accountId: z.number().int().positive(), role: z.enum(STAFF_ROLES) });
export const RemoveStaff = z.object({ accountId: z.number().int().positive() });

/** Gives a person of the vendor another role; their open consoles close, and open anew in it. Throws NOT_FOUND, CONFLICT for the last admin. */
export async function changeStaffRole(by: StaffPerson, input: z.input<typeof ChangeStaffRole>): Promise<void> {
  const { accountId, role } = ChangeStaffRole.parse(input);
  await change(by, { accountId, set: { role }, verb: "staff.changeRole", detail: { role } });
}

/** Ends somebody's being staff at their next request. Throws NOT_FOUND, CONFLICT for the last admin. */
export async function removeStaff(by: StaffPerson, input: z.input<typeof RemoveStaff>): Promise<void> {
  const { accountId } = RemoveStaff.parse(input);
  await change(by, { accountId, set: { removedAt: sql`now()` }, verb: "staff.remove", detail: {} });
}

interface Change {
  readonly accountId: number;
  readonly set: { readonly role: StaffRole } | { readonly removedAt: SQL };
  readonly verb: string;
  readonly detail: Readonly<Record<string, string>>;
}

async function change(by: StaffPerson, { accountId, set, verb, detail }: Change): Promise<void> {
  try {
    await asVendor(async (tx) => {
      const changed = await tx
        .update(staff)
        .set(set)
        .where(and(eq(staff.accountId, accountId), isNull(staff.removedAt)))
        .returning({ accountId: staff.accountId });
      if (changed.length === 0) throw new AppError("NOT_FOUND", "There is no such person of the staff");
      await auditStaff(tx, by, { verb, subject: `account ${accountId}`, detail });
    });
  } catch (cause) {
    if (!isBroken("staff_last_admin", cause)) throw cause;
    throw new AppError("CONFLICT", "This is the last admin. Make somebody else an admin first.", { cause });
  }
}
