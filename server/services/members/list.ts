import { and, asc, eq, isNull } from "drizzle-orm";
import { accounts, members } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";

/** The people of an institution and their roles; former members are not among them. */
export async function listMembers(actor: TenantActor) {
  authorize(actor, "institution:read");
  return asTenant(actor.institutionId, (tx) =>
    tx
      .select({
        accountId: members.accountId,
        email: accounts.email,
        name: accounts.name,
        role: members.role,
        createdAt: members.createdAt,
      })
      .from(members)
      .innerJoin(accounts, eq(accounts.id, members.accountId))
      .where(and(eq(members.institutionId, actor.institutionId), isNull(members.removedAt)))
      .orderBy(asc(accounts.email)),
  );
}
