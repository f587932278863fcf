import pino from "pino";
import { env } from "./env";

/**
 * One line of JSON per event on standard error. Only these fields may carry values: ids, counts, codes, durations. Roster
 * values, names and addresses never do (T19); the serialiser of errors keeps message and stack of our own errors only.
 */
export const log = pino(
  {
    level: env.LOG_LEVEL,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ["password", "token", "secret", "authorization", "cookie", "email", "*.password", "*.token", "*.secret", "*.email"],
      censor: "[kept out]",
    },
  },
  pino.destination(2),
);
