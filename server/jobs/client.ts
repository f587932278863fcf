import { randomBytes } from "node:crypto";
import { Inngest } from "inngest";
import { database } from "@/server/database";
import { embeddedClient } from "@/server/durable/embedded-client";
import { emitEvent } from "@/server/durable/emit";
import type { WriteEvents } from "@/server/durable/gateway";
import { sdkLog } from "@/server/durable/sdk-log";
import { env, isEmbedded, isProduction } from "@/server/env";

if (isProduction && env.INNGEST_DEV !== undefined && env.INNGEST_DEV !== "0" && env.INNGEST_DEV !== "false") {
  // Without signatures anyone who reaches the endpoint runs any function with forged results.
  throw new Error("INNGEST_DEV is for development: in production name the server by INNGEST_BASE_URL and give its keys");
}

/**
 * The key that signs calls. Embedded, only this very process calls its handler, so a key that dies with the process is
 * enough, and nobody else can ever hold it. Undefined towards a dev server, which does not sign.
 */
export const signingKey = isEmbedded ? `signkey-embedded-${randomBytes(32).toString("hex")}` : env.INNGEST_SIGNING_KEY;

const writeEvents: WriteEvents = async (events) => {
  const engine = await database("engine");
  return engine.untenanted(async (tx) => {
    const ids: string[] = [];
    for (const event of events) ids.push(await emitEvent(tx, event));
    return ids;
  });
};

/** The one client. Services do not send with it: they write events in their own transaction (`server/jobs/events.ts`). */
export const inngest =
  isEmbedded && signingKey !== undefined
    ? embeddedClient({ id: "rollcall", signingKey, write: writeEvents })
    : new Inngest({ id: "rollcall", logger: sdkLog });
