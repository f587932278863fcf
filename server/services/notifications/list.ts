import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlTime } from "@/db/read";
import { notificationChoices } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { gets, mayGet, mustGet, NOTIFICATION_KINDS, type NotificationKind, notificationKinds } from "@/server/notify/kinds";

const SHOWN = 30;

/** One kind of mail, as one member has it. */
export interface NotificationLine {
  readonly kind: NotificationKind;
  readonly label: string;
  readonly help: string;
  readonly isOn: boolean;
  readonly isDefault: boolean;
  /** This role gets it whatever is chosen. */
  readonly isForced: boolean;
}

const Sent = z.object({
  kind: z.string(),
  subject: z.string(),
  created_at: SqlTime,
  sent_at: SqlTime.nullable(),
  last_error: z.string().nullable(),
});

/** A mail to this member: what it was about, never what it said. */
export interface SentLine {
  readonly subject: string;
  readonly createdAt: Date;
  readonly state: "sent" | "waiting" | "refused";
}

/** The kinds of mail that a member may get from this institution, and the last mails to them. */
export async function listNotifications(actor: TenantActor): Promise<{ kinds: NotificationLine[]; sent: SentLine[] }> {
  authorize(actor, "institution:read");
  return asTenant(actor.institutionId, async (tx) => {
    const chosen = await choicesOf(tx, actor);
    const sent = await read(tx, Sent, sql`select * from mails_to_me(${actor.accountId ?? 0}, ${SHOWN})`);
    return {
      kinds: notificationKinds()
        .filter((kind) => mayGet(kind, actor.role))
        .map((kind) => {
          const { label, help } = NOTIFICATION_KINDS[kind];
          const isOn = gets(kind, { role: actor.role, chosen: chosen.get(kind) ?? null });
          return {
            kind,
            label,
            help,
            isOn,
            isDefault: isOn === gets(kind, { role: actor.role, chosen: null }),
            isForced: mustGet(kind, actor.role),
          };
        }),
      sent: sent.map(({ subject, created_at, sent_at, last_error }) => ({
        subject,
        createdAt: created_at,
        state: sent_at !== null ? "sent" : last_error === null ? "waiting" : "refused",
      })),
    };
  });
}

async function choicesOf(tx: Transaction, actor: TenantActor): Promise<Map<string, boolean>> {
  const rows = await tx
    .select({ kind: notificationChoices.kind, isOn: notificationChoices.isOn })
    .from(notificationChoices)
    .where(and(eq(notificationChoices.institutionId, actor.institutionId), eq(notificationChoices.accountId, actor.accountId ?? 0)));
  return new Map(rows.map(({ kind, isOn }) => [kind, isOn]));
}
