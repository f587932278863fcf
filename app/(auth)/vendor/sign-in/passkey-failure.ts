import { failureText } from "@/app/_components/failure";

/** The browser's own refusals have names; everything else is the server's word. */
export function passkeyFailure(cause: unknown): string {
  if (cause instanceof Error && (cause.name === "NotAllowedError" || cause.name === "AbortError")) {
    return "Your browser stopped: it was cancelled, or it took too long. Try again.";
  }
  if (cause instanceof Error && cause.name === "InvalidStateError") return "This device is one of your passkeys already.";
  return failureText(cause);
}
