import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { mayGive, ROLES } from "@/server/auth/permissions";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { loadRenderer } from "@/server/notify/render";
import { emailFrom } from "../sign-in/email";
import { countInvitation } from "../sign-in/limits";
import { sendInvitation } from "./send";

export const CreateInvitation = z.object({ email: z.string().max(1_000), role: z.enum(ROLES) });

/**
 * Asks somebody by mail to belong to the institution, in a role that is not above one's own; an earlier open invitation of the
 * address ends. Throws INVALID for no plain address, FORBIDDEN, CONFLICT for somebody who is a member, TOO_MANY.
 */
export async function createInvitation(actor: TenantActor, input: z.input<typeof CreateInvitation>) {
  authorize(actor, "member:manage");
  const { email: typed, role } = CreateInvitation.parse(input);
  const email = emailFrom(typed);
  if (!mayGive(actor.role, role)) throw new AppError("FORBIDDEN", "You cannot give a role above your own", { internal: role });
  await countInvitation(email, actor.institutionId);
  await loadRenderer();
  return asTenant(actor.institutionId, async (tx) => {
    const member = await tx.execute(sql`
      select from members m
      join accounts a on a.id = m.account_id
      where m.institution_id = ${actor.institutionId} and m.removed_at is null and a.email = ${email}`);
    if (member.length > 0) throw new AppError("CONFLICT", "This person is a member already; change their role instead");
    const { id, expiresAt } = await sendInvitation(tx, {
      institutionId: actor.institutionId,
      institution: actor.institution.name,
      kind: "member",
      email,
      role,
      invitedBy: actor.accountId,
    });
    await audit(tx, actor, { verb: "invitation.create", subject: `invitation ${id}`, detail: { role } });
    return { id, email, role, expiresAt };
  });
}
