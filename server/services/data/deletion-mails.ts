import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { accounts, mails, members, staff } from "@/db/schema";
import type { DataNotice } from "@/emails/data-notice";
import { rolesWith, staffRolesWith } from "@/server/auth/permissions";
import { env } from "@/server/env";
import { renderDataNotice } from "@/server/notify/render";

interface Told {
  readonly institutionId: number;
  readonly slug: string;
  readonly name: string;
  readonly headline: string;
  readonly sentences: readonly string[];
}

/** Tells the owners of an institution what becomes of it. */
export async function tellOwners(tx: Transaction, told: Told): Promise<void> {
  const found = await tx
    .select({ email: accounts.email })
    .from(members)
    .innerJoin(accounts, eq(accounts.id, members.accountId))
    .where(
      and(
        eq(members.institutionId, told.institutionId),
        inArray(members.role, [...rolesWith("data:manage")]),
        isNull(members.removedAt),
        isNull(accounts.disabledAt),
      ),
    );
  await post(tx, told, {
    to: found.map(({ email }) => email),
    path: `/i/${told.slug}/settings/data#delete`,
    why: `You get this because you are an owner of ${told.name}.`,
  });
}

/** Tells the vendor's people who decide about it. */
export async function tellDeciders(tx: Transaction, told: Told): Promise<void> {
  const found = await tx
    .select({ email: accounts.email })
    .from(staff)
    .innerJoin(accounts, eq(accounts.id, staff.accountId))
    .where(and(isNull(staff.removedAt), inArray(staff.role, [...staffRolesWith("institution:delete")])));
  await post(tx, told, {
    to: found.map(({ email }) => email),
    path: `/vendor/institutions/${told.slug}#delete`,
    why: "You get this because you are an admin of the vendor's staff.",
  });
}

async function post(tx: Transaction, told: Told, where: { to: readonly string[]; path: string; why: string }): Promise<void> {
  if (where.to.length === 0) return;
  const notice: DataNotice = {
    headline: told.headline,
    sentences: told.sentences,
    url: new URL(where.path, env.ROLLCALL_URL).toString(),
    button: "Go to the page",
    why: where.why,
  };
  const mail = await renderDataNotice(notice);
  await tx.insert(mails).values(where.to.map((recipient) => ({ kind: "deletion", ofInstitution: told.institutionId, recipient, ...mail })));
}
