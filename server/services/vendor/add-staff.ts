import { sql } from "drizzle-orm";
import { z } from "zod";
import { staff, staffAudit } from "@/db/schema";
import { STAFF_ROLES } from "@/server/auth/permissions";
import { asVendor } from "@/server/database";
import { accountFor } from "../members/account";

export const AddStaff = z.object({
  email: z.string().max(1_000),
  name: z.string().trim().min(1).max(200).optional(),
  role: z.enum(STAFF_ROLES),
});

/** Who says so: an admin of the vendor, or whoever holds a shell on the machine. */
interface Adder {
  readonly kind: "staff" | "command";
  readonly accountId: number | null;
}

/** Makes somebody vendor staff; who is staff already keeps their role, and whoever comes back begins anew. Throws INVALID. */
export async function addStaff(input: z.input<typeof AddStaff>, by: Adder = { kind: "command", accountId: null }) {
  const { email, name, role } = AddStaff.parse(input);
  return asVendor(async (tx) => {
    const account = await accountFor(tx, { email, name });
    const [added] = await tx
      .insert(staff)
      .values({ accountId: account.id, role })
      .onConflictDoUpdate({
        target: staff.accountId,
        // Since then: nothing that they were given before counts.
        set: { role, removedAt: null, createdAt: sql`now()` },
        setWhere: sql`${staff.removedAt} is not null`,
      })
      .returning({ role: staff.role });
    if (added !== undefined) {
      const detail = { role };
      await tx
        .insert(staffAudit)
        .values({ actor: by.kind, accountId: by.accountId, verb: "staff.add", subject: `account ${account.id}`, detail });
    }
    return { accountId: account.id, email: account.email, isNew: added !== undefined };
  });
}
