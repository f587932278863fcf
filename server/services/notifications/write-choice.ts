import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { notificationChoices } from "@/db/schema";
import type { NotificationKind } from "@/server/notify/kinds";

/** Keeps what a member chose of one kind of mail. */
export async function writeChoice(
  tx: Transaction,
  choice: { institutionId: number; accountId: number; kind: NotificationKind; isOn: boolean },
): Promise<void> {
  const { isOn } = choice;
  await tx
    .insert(notificationChoices)
    .values(choice)
    .onConflictDoUpdate({
      target: [notificationChoices.institutionId, notificationChoices.accountId, notificationChoices.kind],
      set: { isOn, updatedAt: sql`now()` },
    });
}
