import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { accounts, mails, members } from "@/db/schema";
import type { RunNotice } from "@/emails/run-notice";
import { type Role, rolesWith } from "@/server/auth/permissions";
import { describeRun } from "./describe-run";
import { type NoticeKind, renderRun } from "./render";

/** Who hears of what: those who can do something about it. Owners hold every permission, so they always hear of a failure. */
const RECIPIENTS: Record<NoticeKind, readonly Role[]> = {
  ready: rolesWith("run:commit"),
  held: rolesWith("run:commit"),
  committed: rolesWith("run:commit"),
  failed: rolesWith("run:start"),
};

const ROLE_PHRASES: Record<Role, string> = { owner: "an owner", admin: "an admin", reviewer: "a reviewer", viewer: "a viewer" };

/**
 * Writes to the members concerned that a run became ready, was held, committed or failed: into the outbox, in the caller's
 * transaction, once per run, kind and recipient however often it is called. Returns how many mails were added.
 */
export async function notify(tx: Transaction, of: { runId: string; kind: NoticeKind }): Promise<number> {
  const { institutionId, notice } = await describeRun(tx, of);
  const recipients = await tx
    .select({ email: accounts.email, role: members.role })
    .from(members)
    .innerJoin(accounts, eq(accounts.id, members.accountId))
    .where(
      and(
        eq(members.institutionId, institutionId),
        inArray(members.role, [...RECIPIENTS[of.kind]]),
        isNull(members.removedAt),
        isNull(accounts.disabledAt),
      ),
    );
  let added = 0;
  for (const role of new Set(recipients.map((recipient) => recipient.role))) {
    const addresses = recipients.filter((recipient) => recipient.role === role).map((recipient) => recipient.email);
    added += await post(tx, { ...of, addresses, notice: { ...notice, role: ROLE_PHRASES[role] } });
  }
  return added;
}

async function post(
  tx: Transaction,
  of: { runId: string; kind: NoticeKind; addresses: readonly string[]; notice: RunNotice },
): Promise<number> {
  const mail = await renderRun(of.kind, of.notice);
  const posted = await tx
    .insert(mails)
    .values(of.addresses.map((recipient) => ({ runId: of.runId, kind: of.kind, recipient, ...mail })))
    .onConflictDoNothing()
    .returning({ id: sql<number>`1` });
  return posted.length;
}
