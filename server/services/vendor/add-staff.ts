import { sql } from "drizzle-orm";
import { z } from "zod";
import { staff, staffAudit } from "@/db/schema";
import { STAFF_ROLES } from "@/server/auth/permissions";
import { asVendor } from "@/server/database";
import { accountFor } from "../members/account";

const Input = z.object({ email: z.string(), name: z.string().trim().min(1).max(200).optional(), role: z.enum(STAFF_ROLES) });

/** Makes somebody vendor staff, or gives them another role: only for whoever holds a shell on the machine. Throws INVALID. */
export async function addStaff(input: z.input<typeof Input>) {
  const { email, name, role } = Input.parse(input);
  return asVendor(async (tx) => {
    const account = await accountFor(tx, { email, name });
    await tx
      .insert(staff)
      .values({ accountId: account.id, role })
      .onConflictDoUpdate({
        target: staff.accountId,
        // Whoever comes back begins anew, so that nothing that they were given before counts.
        set: { role, removedAt: null, createdAt: sql`case when ${staff.removedAt} is null then ${staff.createdAt} else now() end` },
      });
    await tx.insert(staffAudit).values({ actor: "command", verb: "staff.add", subject: `account ${account.id}`, detail: { role } });
    return { accountId: account.id, email: account.email, role };
  });
}
