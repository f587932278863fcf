import { sql } from "drizzle-orm";
import { audit } from "@/server/audit";
import { asTenant } from "@/server/database";
import { loadRenderer } from "@/server/notify/render";
import { countInvitation } from "../sign-in/limits";
import { findInvitation } from "./look";
import { sendInvitation } from "./send";

/**
 * Sends a new link instead of one that expired, to the same address and to no other; the old one stays dead. Anything but an expired
 * link sends nothing. Throws TOO_MANY.
 */
export async function renewInvitation(token: string): Promise<{ isSent: boolean }> {
  const found = await findInvitation(token);
  if (found === null || found.state !== "expired") return { isSent: false };
  await countInvitation(found.email, null);
  await loadRenderer();
  return asTenant(found.institutionId, async (tx) => {
    const [old] = await tx.execute<{ invitedBy: number | null }>(sql`
      update invitations set revoked_at = now()
      where institution_id = ${found.institutionId} and id = ${found.id} and used_at is null and revoked_at is null
      returning invited_by as "invitedBy"`);
    if (old === undefined) return { isSent: false };
    const { id } = await sendInvitation(tx, { ...found, invitedBy: old.invitedBy });
    const actor = { kind: "system", accountId: null, institutionId: found.institutionId } as const;
    await audit(tx, actor, { verb: "invitation.renew", subject: `invitation ${id}` });
    return { isSent: true };
  });
}
