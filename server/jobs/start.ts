import type { InngestFunction } from "inngest";
import { roleUrl } from "@/db/roles";
import { databaseUrl } from "@/server/database";
import { startExecutor } from "@/server/durable/executor";
import { startRelay } from "@/server/durable/relay";
import type { StoredEvent } from "@/server/durable/run";
import { signed } from "@/server/durable/signature";
import { log } from "@/server/log";
import { deploymentSecret } from "@/server/secrets";
import { inngest, isEmbedded, signingKey } from "./client";
import { dispatcher, jobsRoute } from "./handler";

export interface Jobs {
  /** What the worker's HTTP endpoint answers with at `/api/inngest`. */
  readonly handler: (request: Request) => Promise<Response>;
  /** Tells a real server where the functions are; call it once the endpoint listens. Nothing to do when embedded. */
  announce(): Promise<void>;
  /** Stops taking work, finishes or gives back what is under way. */
  drain(): Promise<void>;
}

/**
 * Runs the functions in this process (embedded), or serves them and relays events to the real server that the environment
 * names. `url` is the endpoint's own address, as the server reaches it.
 */
export async function startJobs(functions: readonly InngestFunction.Any[], url: string): Promise<Jobs> {
  const handler = dispatcher(jobsRoute(inngest, functions));
  const engineUrl = roleUrl({ url: await databaseUrl(), secret: deploymentSecret(), role: "engine" });
  if (isEmbedded && signingKey !== undefined) {
    const executor = await startExecutor({ url: engineUrl, endpoint: { handler, url, signingKey } });
    return { handler, announce: async () => {}, drain: executor.drain };
  }
  const relay = await startRelay({ url: engineUrl, send: sendToServer });
  return { handler, announce: () => register(handler, url), drain: relay.drain };
}

async function sendToServer(events: readonly StoredEvent[]): Promise<void> {
  await inngest.send(events.map(({ id, name, data, ts }) => ({ id, name, ts, data: data as Record<string, unknown> })));
}

/** The same PUT that a person would send with curl, signed because unsigned ones are refused. */
async function register(handler: Jobs["handler"], url: string): Promise<void> {
  const { text, signature } = signingKey === undefined ? { text: "{}", signature: null } : signed({}, signingKey);
  const headers: Record<string, string> = { host: new URL(url).host, "content-type": "application/json" };
  if (signature !== null) headers["x-inngest-signature"] = signature;
  const response = await handler(new Request(url, { method: "PUT", headers, body: text }));
  if (response.ok) log.info({ url }, "functions registered");
  else log.error({ url, status: response.status }, "the Inngest server did not take the functions");
}
