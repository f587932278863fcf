import { randomBytes } from "node:crypto";
import { and, eq, isNull, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { accounts, invitations, mails } from "@/db/schema";
import type { Role } from "@/server/auth/permissions";
import { env } from "@/server/env";
import { renderInvitation } from "@/server/notify/render";
import { digestOf } from "@/server/secrets";

/** How long an invitation lives: over a weekend and a few days more. */
const INVITATION_DAYS = 7;

export interface NewInvitation {
  readonly institutionId: number;
  readonly institution: string;
  readonly kind: "member" | "institution";
  readonly email: string;
  readonly role: Role;
  readonly invitedBy: number | null;
}

/** What a person will be, as a mail says it. */
const ROLE_PHRASES: Record<Role, string> = { owner: "an owner", admin: "an admin", reviewer: "a reviewer", viewer: "a viewer" };

export const invitationDigestOf = (token: string): string => digestOf("invitation", token);

/**
 * Writes an invitation and its mail; an open one of the same address ends. The token stands in the mail and nowhere else. Returns
 * the invitation's id and until when it can be used.
 */
export async function sendInvitation(tx: Transaction, of: NewInvitation): Promise<{ id: string; expiresAt: Date }> {
  await tx
    .update(invitations)
    .set({ revokedAt: sql`now()` })
    .where(
      and(
        eq(invitations.institutionId, of.institutionId),
        eq(invitations.email, of.email),
        isNull(invitations.usedAt),
        isNull(invitations.revokedAt),
      ),
    );
  const token = randomBytes(32).toString("base64url");
  const [made] = await tx
    .insert(invitations)
    .values({
      institutionId: of.institutionId,
      kind: of.kind,
      email: of.email,
      role: of.role,
      tokenDigest: invitationDigestOf(token),
      invitedBy: of.invitedBy,
      expiresAt: sql`now() + make_interval(days => ${INVITATION_DAYS})`,
    })
    .returning({ id: invitations.id, expiresAt: invitations.expiresAt });
  if (made === undefined) throw new Error("An invitation was not made");
  const mail = await renderInvitation({
    url: new URL(`/invite/${token}`, env.ROLLCALL_URL).toString(),
    institution: of.institution,
    invitedBy: await nameOf(tx, of.invitedBy),
    role: ROLE_PHRASES[of.role],
    days: INVITATION_DAYS,
  });
  await tx.insert(mails).values({ kind: "invitation", recipient: of.email, ...mail });
  return made;
}

async function nameOf(tx: Transaction, accountId: number | null): Promise<string | null> {
  if (accountId === null) return null;
  const [found] = await tx.select({ name: accounts.name, email: accounts.email }).from(accounts).where(eq(accounts.id, accountId));
  return found?.name ?? found?.email ?? null;
}
