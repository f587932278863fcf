import { sql } from "drizzle-orm";
import { audit } from "@/server/audit";
import { asTenant } from "@/server/database";
import { notifyStep } from "@/server/notify/notify-step";
import { loadRenderer } from "@/server/notify/render";
import { accountFor } from "../members/account";
import { SignInRefused } from "../sign-in/refused";
import { startSession } from "../sign-in/start-session";
import { findInvitation } from "./look";

/**
 * Uses an invitation up: its address has an account from now on, the account belongs to the institution in the role that was
 * offered, and is signed in; the id of that session. Who belongs there already keeps their role. Of any number of presses one
 * succeeds. Throws SignInRefused `Ended` for a link that is used, expired, taken back or unknown.
 */
export async function acceptInvitation(token: string, headers: Headers): Promise<string> {
  const found = await findInvitation(token);
  if (found === null) throw new SignInRefused("Ended");
  const { institutionId } = found;
  await loadRenderer();
  return asTenant(institutionId, async (tx) => {
    const [used] = await tx.execute<{ email: string; role: string }>(sql`
      update invitations set used_at = now()
      where institution_id = ${institutionId} and id = ${found.id} and used_at is null and revoked_at is null and expires_at > now()
      returning email, role`);
    if (used === undefined) throw new SignInRefused("Ended");
    const account = await accountFor(tx, { email: used.email });
    const disabled = await tx.execute(sql`select from accounts where id = ${account.id} and disabled_at is not null`);
    if (disabled.length > 0) throw new SignInRefused("Ended");
    await tx.execute(sql`
      insert into members (institution_id, account_id, role) values (${institutionId}, ${account.id}, ${used.role})
      on conflict (institution_id, account_id) do update set role = excluded.role, removed_at = null, created_at = now()
      where members.removed_at is not null`);
    await tx.execute(sql`update invitations set account_id = ${account.id} where institution_id = ${institutionId} and id = ${found.id}`);
    const actor = { kind: "member", accountId: account.id, institutionId } as const;
    await audit(tx, actor, { verb: "invitation.accept", subject: `invitation ${found.id}`, detail: { role: used.role } });
    await notifyStep(tx, { institutionId, step: { kind: "member", id: found.id, role: used.role } });
    return startSession(tx, { accountId: account.id, headers });
  });
}
