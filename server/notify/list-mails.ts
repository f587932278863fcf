import { desc } from "drizzle-orm";
import { mails } from "@/db/schema";
import { database } from "@/server/database";
import { isProduction } from "@/server/env";
import { AppError } from "@/server/errors";

const SHOWN_MAX = 100;

/** The outbox, newest first, for reading mails where none is sent. Throws NOT_FOUND in production: there it does not exist. */
export async function listMails() {
  if (isProduction) throw new AppError("NOT_FOUND", "There is no such page");
  return (await database("engine")).untenanted((tx) =>
    tx
      .select({
        id: mails.id,
        kind: mails.kind,
        recipient: mails.recipient,
        subject: mails.subject,
        html: mails.html,
        text: mails.text,
        createdAt: mails.createdAt,
        sentAt: mails.sentAt,
      })
      .from(mails)
      .orderBy(desc(mails.createdAt), desc(mails.id))
      .limit(SHOWN_MAX),
  );
}
