import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { members } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { keepingAnOwner } from "./last-owner";

export const RemoveMember = z.object({ accountId: z.number().int() });

/** Ends somebody's membership, or one's own, at their next request; what they did stays theirs. Throws NOT_FOUND, CONFLICT for the last owner. */
export async function removeMember(actor: TenantActor, input: z.input<typeof RemoveMember>): Promise<{ accountId: number }> {
  authorize(actor, "member:manage");
  const { accountId } = RemoveMember.parse(input);
  return keepingAnOwner(() =>
    asTenant(actor.institutionId, async (tx) => {
      const [ended] = await tx
        .update(members)
        .set({ removedAt: sql`now()` })
        .where(and(eq(members.institutionId, actor.institutionId), eq(members.accountId, accountId), isNull(members.removedAt)))
        .returning({ accountId: members.accountId });
      if (ended === undefined) throw new AppError("NOT_FOUND", "There is no such member");
      await audit(tx, actor, { verb: "member.remove", subject: `account ${accountId}` });
      return ended;
    }),
  );
}
