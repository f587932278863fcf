import { z } from "zod";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { mayGet, mustGet, type NotificationKind, notificationKinds } from "@/server/notify/kinds";
import { writeChoice } from "./write-choice";

export const ChooseNotification = z.object({ kind: z.string().max(50), on: z.boolean() });

/** Says whether one gets mails of a kind oneself. Throws INVALID for a kind that one's role cannot get, or has to. */
export async function chooseNotification(actor: TenantActor, raw: z.input<typeof ChooseNotification>): Promise<void> {
  authorize(actor, "institution:read");
  const { kind: word, on } = ChooseNotification.parse(raw);
  const { accountId } = actor;
  if (accountId === null) throw new AppError("FORBIDDEN", "Only somebody with an account gets mails");
  const kind = kindFrom(word);
  if (kind === null || !mayGet(kind, actor.role)) throw new AppError("INVALID", "Your role gets no mails of this kind");
  if (!on && mustGet(kind, actor.role)) throw new AppError("INVALID", "Somebody has to hear of this, so owners always do");
  await asTenant(actor.institutionId, async (tx) => {
    await writeChoice(tx, { institutionId: actor.institutionId, accountId, kind, isOn: on });
    await audit(tx, actor, { verb: "notification.choose", subject: `account ${accountId}`, detail: { kind, on } });
  });
}

const kindFrom = (word: string): NotificationKind | null => notificationKinds().find((known) => known === word) ?? null;
