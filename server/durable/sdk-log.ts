import { failureOf } from "@/server/failure";
import { log } from "@/server/log";

type Write = (...given: unknown[]) => void;

/** What the SDK says at each try to register: who tries tells when that changes. */
const TOLD_BY_US = new Set(["Failed to register", "Couldn't unpack register response", "Invalid register response schema"]);

/** The SDK's logger: its own words and where in the code things failed, never messages of errors or values of steps. */
export const sdkLog: { info: Write; warn: Write; error: Write; debug: Write } = {
  info: (...given) => log.info(fields(given), words(given)),
  warn: (...given) => log[TOLD_BY_US.has(words(given)) ? "debug" : "warn"](fields(given), words(given)),
  error: (...given) => log[TOLD_BY_US.has(words(given)) ? "debug" : "error"](fields(given), words(given)),
  debug: (...given) => log.debug(fields(given), words(given)),
};

const words = (given: readonly unknown[]): string => {
  const text = given.find((each) => typeof each === "string");
  return typeof text === "string" ? text : "a word of the functions' SDK";
};

function fields(given: readonly unknown[]): object {
  for (const each of given) {
    if (each instanceof Error) return failureOf(each);
    if (typeof each === "object" && each !== null && "err" in each) return failureOf(each.err);
  }
  return {};
}
