import { sql } from "drizzle-orm";
import { authorize, type TenantActor } from "@/server/auth/actor";
import type { Role } from "@/server/auth/permissions";
import { asTenant } from "@/server/database";

/** The invitations that nobody accepted yet, the newest first; expired ones say so. */
export async function listInvitations(actor: TenantActor) {
  authorize(actor, "member:manage");
  const rows = await asTenant(actor.institutionId, (tx) =>
    tx.execute<{
      id: string;
      email: string;
      role: Role;
      invitedBy: string | null;
      createdAt: string;
      expiresAt: string;
      isExpired: boolean;
    }>(sql`
      select v.id, v.email, v.role, coalesce(a.name, a.email) as "invitedBy", v.created_at as "createdAt", v.expires_at as "expiresAt",
        v.expires_at <= now() as "isExpired"
      from invitations v
      left join accounts a on a.id = v.invited_by
      where v.institution_id = ${actor.institutionId} and v.used_at is null and v.revoked_at is null
      order by v.created_at desc`),
  );
  return rows.map((row) => ({ ...row, createdAt: new Date(row.createdAt), expiresAt: new Date(row.expiresAt) }));
}
