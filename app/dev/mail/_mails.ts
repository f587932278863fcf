import { notFound } from "next/navigation";
import { AppError } from "@/server/errors";
import { listMails } from "@/server/notify/list-mails";

/** The outbox, or a page that does not exist where people's mail is real. */
export async function mailsOr404() {
  try {
    return await listMails();
  } catch (cause) {
    if (cause instanceof AppError && cause.code === "NOT_FOUND") notFound();
    throw cause;
  }
}
