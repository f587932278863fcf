/** The closed set of ways in which a request can fail. */
const ERROR_CODES = [
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "SECOND_FACTOR",
  "NOT_FOUND",
  "INVALID",
  "CONFLICT",
  "STALE",
  "HELD",
  "TOO_LARGE",
  "TOO_MANY",
  "UNAVAILABLE",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * A failure with two voices: `message` is for the person at the screen, `internal` for the log. `data` is what the page
 * needs in order to explain itself (what moved, who was first). Anything that is not an AppError reaches nobody's screen.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly internal: string | undefined;
  readonly data: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    more: { cause?: unknown; internal?: string; data?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = "AppError";
    this.code = code;
    this.internal = more.internal;
    this.data = more.data;
  }
}
