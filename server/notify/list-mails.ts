import { desc, eq } from "drizzle-orm";
import { z } from "zod";
import { mails } from "@/db/schema";
import { database } from "@/server/database";
import { isProduction } from "@/server/env";
import { AppError } from "@/server/errors";

const SHOWN_MAX = 100;

const SHOWN = {
  id: mails.id,
  kind: mails.kind,
  recipient: mails.recipient,
  subject: mails.subject,
  html: mails.html,
  text: mails.text,
  createdAt: mails.createdAt,
  sentAt: mails.sentAt,
};

/** The outbox, newest first, for reading mails where none is sent. Throws NOT_FOUND in production: there it does not exist. */
export async function listMails() {
  if (isProduction) throw new AppError("NOT_FOUND", "There is no such page");
  return (await database("engine")).untenanted((tx) =>
    tx.select(SHOWN).from(mails).orderBy(desc(mails.createdAt), desc(mails.id)).limit(SHOWN_MAX),
  );
}

/** One mail of the outbox, however old. Throws NOT_FOUND, and for every id in production. */
export async function findMail(id: string) {
  const known = z.uuid().safeParse(id);
  if (isProduction || !known.success) throw new AppError("NOT_FOUND", "There is no such page");
  const [mail] = await (await database("engine")).untenanted((tx) => tx.select(SHOWN).from(mails).where(eq(mails.id, known.data)));
  if (mail === undefined) throw new AppError("NOT_FOUND", "There is no such page");
  return mail;
}
