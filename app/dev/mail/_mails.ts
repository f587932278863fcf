import { notFound } from "next/navigation";
import { AppError } from "@/server/errors";

/** What is read of the outbox, or a page that does not exist: that mail, or any where people's mail is real. */
export async function orNotFound<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    if (cause instanceof AppError && cause.code === "NOT_FOUND") notFound();
    throw cause;
  }
}
