import type { InngestFunction } from "inngest";
import { z } from "zod";
import { roleUrl } from "@/db/roles";
import { databaseUrl } from "@/server/database";
import { type ExecutorOptions, startExecutor } from "@/server/durable/executor";
import { startRelay } from "@/server/durable/relay";
import type { StoredEvent } from "@/server/durable/run";
import { log } from "@/server/log";
import { deploymentSecret } from "@/server/secrets";
import { inngest, isEmbedded, signingKey } from "./client";
import { dispatcher, jobsRoute } from "./handler";
import { register } from "./register";

type ExecutorSettings = Omit<ExecutorOptions, "url" | "endpoint">;

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
 * names. `url` is the endpoint's own address, as the server reaches it; `settings` are those of the embedded executor.
 */
export async function startJobs(functions: readonly InngestFunction.Any[], url: string, settings: ExecutorSettings = {}): Promise<Jobs> {
  const handler = dispatcher(jobsRoute(inngest, functions));
  const engineUrl = roleUrl({ url: await databaseUrl(), secret: deploymentSecret(), role: "engine" });
  if (isEmbedded && signingKey !== undefined) {
    const executor = await startExecutor({ url: engineUrl, endpoint: { handler, url, signingKey }, ...settings });
    return { handler, announce: async () => {}, drain: executor.drain };
  }
  const relay = await startRelay({ url: engineUrl, send: sendToServer });
  return { handler, announce: () => announce(handler, url), drain: relay.drain };
}

async function sendToServer(events: readonly StoredEvent[]): Promise<void> {
  await inngest.send(events.map(({ id, name, data, ts }) => ({ id, name, ts, data: EventData.parse(data) })));
}

const EventData = z.record(z.string(), z.unknown());

async function announce(handler: Jobs["handler"], url: string): Promise<void> {
  const status = await register(handler, url, signingKey);
  if (status === 200) log.info({ url }, "functions registered");
  else log.error({ url, status }, "the Inngest server did not take the functions");
}
