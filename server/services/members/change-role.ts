import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { members } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { mayGive, ROLES } from "@/server/auth/permissions";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { keepingAnOwner } from "./last-owner";

export const ChangeRole = z.object({ accountId: z.number().int(), role: z.enum(ROLES) });

/**
 * Gives a member another role, which counts from their next request. Throws NOT_FOUND for nobody's account here, FORBIDDEN for a role
 * above one's own, CONFLICT for the last owner.
 */
export async function changeRole(actor: TenantActor, input: z.input<typeof ChangeRole>) {
  authorize(actor, "member:manage");
  const { accountId, role } = ChangeRole.parse(input);
  if (!mayGive(actor.role, role)) throw new AppError("FORBIDDEN", "You cannot give a role above your own", { internal: role });
  return keepingAnOwner(() =>
    asTenant(actor.institutionId, async (tx) => {
      const [changed] = await tx
        .update(members)
        .set({ role })
        .where(and(eq(members.institutionId, actor.institutionId), eq(members.accountId, accountId), isNull(members.removedAt)))
        .returning({ accountId: members.accountId, role: members.role });
      if (changed === undefined) throw new AppError("NOT_FOUND", "There is no such member");
      await audit(tx, actor, { verb: "member.changeRole", subject: `account ${accountId}`, detail: { role } });
      return changed;
    }),
  );
}
