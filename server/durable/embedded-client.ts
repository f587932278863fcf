import { Inngest } from "inngest";
import { embeddedFetch, type WriteEvents } from "./gateway";
import { sdkLog } from "./sdk-log";

/**
 * A client for functions that the embedded executor runs: never in dev mode, so every call must be signed with `signingKey`,
 * and what it sends goes to `write` instead of the network.
 */
export function embeddedClient(options: { id: string; signingKey: string; write: WriteEvents }): Inngest {
  return new Inngest({
    id: options.id,
    isDev: false,
    eventKey: "embedded",
    signingKey: options.signingKey,
    fetch: embeddedFetch(options.write),
    logger: sdkLog,
  });
}
