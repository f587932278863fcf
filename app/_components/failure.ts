import { TRPCClientError } from "@trpc/client";

/** What went wrong, in the server's words for people; anything else is a broken connection to the reader. */
export function failureText(cause: unknown): string {
  if (cause instanceof TRPCClientError && cause.data) return cause.message;
  return "The server did not answer. Check your connection and try again; nothing was changed.";
}

/** The closed word for what went wrong, where the server said one. */
export function failureCode(cause: unknown): string | null {
  if (!(cause instanceof TRPCClientError)) return null;
  const data: unknown = cause.data;
  return typeof data === "object" && data !== null && "appCode" in data && typeof data.appCode === "string" ? data.appCode : null;
}

/** A number or a word that the server told along with a refusal: which plan waits, what to type. */
export function failureDetail(cause: unknown, name: string): string | null {
  if (!(cause instanceof TRPCClientError)) return null;
  const data: unknown = cause.data;
  if (typeof data !== "object" || data === null || !("details" in data)) return null;
  const { details } = data;
  if (typeof details !== "object" || details === null || !(name in details)) return null;
  const found: unknown = Reflect.get(details, name);
  return typeof found === "string" || typeof found === "number" ? String(found) : null;
}
