import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { institutions, members, notificationChoices } from "@/db/schema";
import { audit } from "@/server/audit";
import { ROLES } from "@/server/auth/permissions";
import { asTenant } from "@/server/database";
import { gets, mustGet, NOTIFICATION_KINDS } from "@/server/notify/kinds";
import { readUnsubscribe, type Unsubscribing } from "@/server/notify/unsubscribe";
import { writeChoice } from "./write-choice";

export const UnsubscribeToken = z.object({ token: z.string().min(1).max(200) });

/** What the page says before the button is pressed; null: the link is not ours, or its member left. */
export async function lookUnsubscribe(
  raw: z.input<typeof UnsubscribeToken>,
): Promise<{ institution: string; slug: string; label: string; help: string; isOn: boolean } | null> {
  const asked = readUnsubscribe(UnsubscribeToken.parse(raw).token);
  if (asked === null) return null;
  return asTenant(asked.institutionId, async (tx) => {
    const found = await memberOf(tx, asked);
    if (found === null) return null;
    const { label, help } = NOTIFICATION_KINDS[asked.kind];
    return { institution: found.institution, slug: found.slug, label, help, isOn: gets(asked.kind, found) };
  });
}

/** Ends mails of one kind for whoever got the link; pressing twice is pressing once. A link that means nothing ends nothing. */
export async function unsubscribe(raw: z.input<typeof UnsubscribeToken>): Promise<{ isOff: boolean }> {
  const asked = readUnsubscribe(UnsubscribeToken.parse(raw).token);
  if (asked === null) return { isOff: false };
  const { institutionId, accountId, kind } = asked;
  return asTenant(institutionId, async (tx) => {
    const found = await memberOf(tx, asked);
    // Whoever became an owner since has to hear of failures.
    if (found === null || mustGet(kind, found.role)) return { isOff: false };
    if (!gets(kind, found)) return { isOff: true };
    await writeChoice(tx, { institutionId, accountId, kind, isOn: false });
    await audit(
      tx,
      { kind: "member", accountId, institutionId },
      { verb: "notification.unsubscribe", subject: `account ${accountId}`, detail: { kind } },
    );
    return { isOff: true };
  });
}

async function memberOf(tx: Transaction, { institutionId, accountId, kind }: Unsubscribing) {
  const [row] = await tx
    .select({ institution: institutions.name, slug: institutions.slug, role: members.role, chosen: notificationChoices.isOn })
    .from(members)
    .innerJoin(institutions, eq(institutions.id, members.institutionId))
    .leftJoin(
      notificationChoices,
      and(
        eq(notificationChoices.institutionId, members.institutionId),
        eq(notificationChoices.accountId, members.accountId),
        eq(notificationChoices.kind, kind),
      ),
    )
    .where(and(eq(members.institutionId, institutionId), eq(members.accountId, accountId), isNull(members.removedAt)));
  const role = ROLES.find((known) => known === row?.role);
  return row === undefined || role === undefined ? null : { ...row, role };
}
