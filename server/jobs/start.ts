import type { InngestFunction } from "inngest";
import { z } from "zod";
import { roleUrl } from "@/db/roles";
import { databaseUrl } from "@/server/database";
import { type ExecutorOptions, startExecutor } from "@/server/durable/executor";
import { startRelay } from "@/server/durable/relay";
import type { StoredEvent } from "@/server/durable/run";
import { isEmbedded } from "@/server/env";
import { deploymentSecret } from "@/server/secrets";
import { inngest, signingKey } from "./client";
import { dispatcher, jobsRoute } from "./handler";
import { register } from "./register";
import { forgetRegistrations, keepRegistering } from "./registering";

type ExecutorSettings = Omit<ExecutorOptions, "url" | "endpoint">;

export interface Jobs {
  /** What the worker's HTTP endpoint answers with at `/api/inngest`. */
  readonly handler: (request: Request) => Promise<Response>;
  /** Tells a real server where the functions are until it takes them; call it once the endpoint listens. Nothing to do when embedded. */
  announce(): void;
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
    await forgetRegistrations();
    const executor = await startExecutor({ url: engineUrl, endpoint: { handler, url, signingKey }, ...settings });
    return { handler, announce: () => {}, drain: executor.drain };
  }
  const relay = await startRelay({ url: engineUrl, send: sendToServer });
  let registering: { stop(): Promise<void> } | null = null;
  return {
    handler,
    announce: () => {
      registering = keepRegistering({ url, register: () => register(handler, url, signingKey) });
    },
    drain: async () => {
      await Promise.all([registering?.stop(), relay.drain()]);
    },
  };
}

async function sendToServer(events: readonly StoredEvent[]): Promise<void> {
  await inngest.send(events.map(({ id, name, data, ts }) => ({ id, name, ts, data: EventData.parse(data) })));
}

const EventData = z.record(z.string(), z.unknown());
