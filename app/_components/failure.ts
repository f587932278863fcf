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
