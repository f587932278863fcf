import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roleUrl } from "@/db/roles";
import { embeddedClient } from "@/server/durable/embedded-client";
import { type Executor, startExecutor } from "@/server/durable/executor";
import { dispatcher, jobsRoute } from "@/server/jobs/handler";
import { deploymentSecret } from "@/server/secrets";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { cases } from "./cases";
import { eventually } from "./eventually";
import { listenHttp } from "./http-server";

const signingKey = `signkey-test-${"34".repeat(32)}`;
let database: TestDatabase;
let endpoint: { url: string; close(): Promise<void> };
let executor: Executor;

beforeAll(async () => {
  database = await createDatabase();
  const client = embeddedClient({ id: "http", signingKey, write: async () => [] });
  const add = cases(client)("add", {}, async ({ event, step }) => {
    const [left, right] = await Promise.all([step.run("left", () => Number(event.data.n)), step.run("right", () => 1)]);
    return step.run("sum", () => left + right);
  });
  endpoint = await listenHttp(dispatcher(jobsRoute(client, [add])));
  executor = await startExecutor({
    url: roleUrl({ url: database.url, secret: deploymentSecret(), role: "engine" }),
    endpoint: { handler: (request) => fetch(request), url: endpoint.url, signingKey },
  });
});
afterAll(async () => {
  await executor?.drain();
  await endpoint?.close();
  await database?.close();
});

describe("over HTTP instead of in the process", () => {
  it("the same functions register and run to their end", async () => {
    const sql = database.administrator;
    await sql`select durable.emit('conformance/add', '{"n": 41}')`;
    const job = await eventually("ended run", async () => {
      const [row] = await sql<{ output: unknown }[]>`select output from durable.jobs where status = 'completed'`;
      return row;
    });
    expect(job.output).toBe(42);
  });
});
