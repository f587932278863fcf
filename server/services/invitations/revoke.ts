import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { invitations } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";

export const RevokeInvitation = z.object({ id: z.uuid() });

/** Takes an invitation back: its link opens nothing any more. Throws NOT_FOUND for one that is used, taken back or foreign. */
export async function revokeInvitation(actor: TenantActor, input: z.input<typeof RevokeInvitation>): Promise<{ id: string }> {
  authorize(actor, "member:manage");
  const { id } = RevokeInvitation.parse(input);
  return asTenant(actor.institutionId, async (tx) => {
    const [ended] = await tx
      .update(invitations)
      .set({ revokedAt: sql`now()` })
      .where(
        and(
          eq(invitations.institutionId, actor.institutionId),
          eq(invitations.id, id),
          isNull(invitations.usedAt),
          isNull(invitations.revokedAt),
        ),
      )
      .returning({ id: invitations.id });
    if (ended === undefined) throw new AppError("NOT_FOUND", "There is no open invitation of this kind");
    await audit(tx, actor, { verb: "invitation.revoke", subject: `invitation ${id}` });
    return ended;
  });
}
