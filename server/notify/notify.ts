import type { Transaction } from "@/db/client";
import { mails } from "@/db/schema";
import type { Role } from "@/server/auth/permissions";
import { describeRun } from "./describe-run";
import { recipientsOf } from "./recipients";
import { type NoticeKind, renderRun } from "./render";

const ROLE_PHRASES: Record<Role, string> = { owner: "an owner", admin: "an admin", reviewer: "a reviewer", viewer: "a viewer" };

/**
 * Writes to the members concerned that a run became ready, was held, committed, failed or expired: into the outbox, in the caller's
 * transaction, once per run, kind and recipient however often it is called. Returns how many mails were added.
 */
export async function notify(tx: Transaction, of: { runId: string; kind: NoticeKind }): Promise<number> {
  const { institutionId, notice } = await describeRun(tx, of);
  const recipients = await recipientsOf(tx, { institutionId, kind: of.kind });
  let added = 0;
  for (const { email, role, stopUrl } of recipients) {
    const mail = await renderRun(of.kind, { ...notice, role: ROLE_PHRASES[role], stopUrl });
    const posted = await tx
      .insert(mails)
      .values({ runId: of.runId, ofInstitution: institutionId, kind: of.kind, recipient: email, ...mail })
      .onConflictDoNothing()
      .returning({ id: mails.id });
    added += posted.length;
  }
  return added;
}
