import { and, eq, isNull } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { accounts, members, notificationChoices } from "@/db/schema";
import { ROLES, type Role } from "@/server/auth/permissions";
import { gets, mustGet, type NotificationKind } from "./kinds";
import { unsubscribeUrl } from "./unsubscribe";

/** A member who is written to. */
export interface Recipient {
  readonly email: string;
  readonly role: Role;
  /** Where one press ends mails of this kind; null: this member has to get them. */
  readonly stopUrl: string | null;
}

/** Who hears of it: members whose role can do something about it, and who did not choose otherwise. The one place that decides. */
export async function recipientsOf(tx: Transaction, of: { institutionId: number; kind: NotificationKind }): Promise<Recipient[]> {
  const { institutionId, kind } = of;
  const rows = await tx
    .select({ accountId: accounts.id, email: accounts.email, role: members.role, chosen: notificationChoices.isOn })
    .from(members)
    .innerJoin(accounts, eq(accounts.id, members.accountId))
    .leftJoin(
      notificationChoices,
      and(
        eq(notificationChoices.institutionId, members.institutionId),
        eq(notificationChoices.accountId, members.accountId),
        eq(notificationChoices.kind, kind),
      ),
    )
    .where(and(eq(members.institutionId, institutionId), isNull(members.removedAt), isNull(accounts.disabledAt)));
  return rows.flatMap(({ accountId, email, role: word, chosen }) => {
    const role = ROLES.find((known) => known === word);
    if (role === undefined || !gets(kind, { role, chosen })) return [];
    return [{ email, role, stopUrl: mustGet(kind, role) ? null : unsubscribeUrl({ institutionId, accountId, kind }) }];
  });
}
