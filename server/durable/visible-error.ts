import type { StoredError } from "./run";

/** Errors whose words are ours. The message of any other may quote the value that it choked on, so people see its name and place. */
const OURS = new Set([
  "AppError",
  "CancelledError",
  "InngestInvokeTimeoutError",
  "LeaseExpired",
  "NonRetriableError",
  "RetryAfterError",
  "SourceRejected",
  "SourceUnavailable",
  "StepOutputTooLarge",
  "TooManySteps",
  "UnusableStepError",
]);

/** What the history of a run says of an error. */
export function visibleError(error: StoredError): { name: string; message?: string; at?: string } {
  if (OURS.has(error.name)) return { name: error.name, message: error.message };
  const place = (error.stack ?? "").split("\n").find((line) => /^\s+at /.test(line));
  return { name: error.name, ...(place === undefined ? {} : { at: place.trim() }) };
}
