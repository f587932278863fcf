import { drizzle } from "drizzle-orm/postgres-js";
import { Inngest } from "inngest";
import postgres from "postgres";
import { embeddedClient } from "@/server/durable/embedded-client";
import { emitEvent } from "@/server/durable/emit";
import { type Executor, startExecutor } from "@/server/durable/executor";
import { env, isEmbedded } from "@/server/env";
import { dispatcher, jobsRoute } from "@/server/jobs/handler";
import { register } from "@/server/jobs/register";
import { conformanceFunctions } from "./functions";
import { listenHttp } from "./http-server";
import { type Marks, marksOf } from "./marks";

/** The suite's functions, served and driven by whatever the environment names: a real server, or the embedded executor. */
export interface ConformanceApp {
  send(events: readonly { name: string; data: Record<string, unknown>; id?: string }[]): Promise<void>;
  close(): Promise<void>;
}

const KEY = `signkey-test-${"ab".repeat(32)}`;
const PATH = "/api/inngest";

export async function startConformanceApp(urls: { administrator: string; engine: string }): Promise<ConformanceApp> {
  const sql = postgres(urls.administrator, { max: 20, onnotice: () => {} });
  const marks = marksOf(sql);
  const app = isEmbedded ? await startEmbeddedApp(urls.engine, marks) : await startServedApp(marks);
  return {
    ...app,
    close: async () => {
      await app.close();
      await sql.end({ timeout: 5 });
    },
  };
}

async function startEmbeddedApp(engineUrl: string, marks: Marks): Promise<ConformanceApp> {
  const engine = postgres(engineUrl, { max: 4, onnotice: () => {} });
  const pool = drizzle(engine);
  const client = embeddedClient({
    id: "conformance",
    signingKey: KEY,
    write: (events) => pool.transaction((tx) => Promise.all(events.map((event) => emitEvent(tx, event)))),
  });
  const route = jobsRoute(client, conformanceFunctions(client, marks));
  const executor: Executor = await startExecutor({
    url: engineUrl,
    endpoint: { handler: dispatcher(route), url: `http://localhost${PATH}`, signingKey: KEY },
    leaseMs: 2_000,
    heartbeatMs: 500,
    parallel: 12,
  });
  return {
    send: async (events) => {
      await client.send(events.map((event) => ({ ...event })));
    },
    close: async () => {
      await executor.drain();
      await engine.end({ timeout: 5 });
    },
  };
}

/** Listens where a server can call, says where, and asks the server to look. */
async function startServedApp(marks: Marks): Promise<ConformanceApp> {
  const client = new Inngest({ id: "conformance" });
  const route = jobsRoute(client, conformanceFunctions(client, marks));
  const { url, close } = await listenHttp(dispatcher(route));
  process.stdout.write(`CONFORMANCE_URL=${url}\n`);
  const status = await register(dispatcher(route), url, env.INNGEST_SIGNING_KEY);
  if (status !== 200) throw new Error(`The server did not take the functions: ${status}`);
  return {
    send: async (events) => {
      await client.send(events.map((event) => ({ ...event })));
    },
    close,
  };
}
