import { NonRetriableError } from "inngest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roleUrl } from "@/db/roles";
import { embeddedClient } from "@/server/durable/embedded-client";
import { type Executor, startExecutor } from "@/server/durable/executor";
import { dispatcher, jobsRoute } from "@/server/jobs/handler";
import { deploymentSecret } from "@/server/secrets";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { cases } from "./cases";
import { eventually } from "./eventually";

const signingKey = `signkey-test-${"9a".repeat(32)}`;
const client = embeddedClient({ id: "large", signingKey, write: async () => [] });
const on = cases(client);
let database: TestDatabase;
let executor: Executor;

const functions = [
  on("says-much", { retries: 0 }, async () => {
    throw new NonRetriableError("x".repeat(700_000));
  }),
  on("fails", { retries: 0 }, async () => {
    throw new NonRetriableError("no");
  }),
  on("well", {}, async () => "well"),
];

beforeAll(async () => {
  database = await createDatabase();
  executor = await startExecutor({
    url: roleUrl({ url: database.url, secret: deploymentSecret(), role: "engine" }),
    endpoint: { handler: dispatcher(jobsRoute(client, functions)), url: "http://localhost/api/inngest", signingKey },
    leaseMs: 1_000,
    heartbeatMs: 250,
  });
});
afterAll(async () => {
  await executor?.drain();
  await database?.close();
});

async function run(name: string, data: Record<string, unknown> = {}): Promise<string> {
  const [sent] = await database.administrator<{ id: string }[]>`
    select durable.emit(${`conformance/${name}`}::text, ${JSON.stringify(data)}::text::jsonb) as id`;
  return eventually(`end of ${name}`, async () => {
    const [job] = await database.administrator<{ status: string }[]>`
      select status from durable.jobs where events -> 0 ->> 'id' = ${sent?.id ?? ""} and ended_at is not null`;
    return job?.status;
  });
}

describe("a failure as large as events may be", () => {
  it("ends the run that it is of, whatever its words", async () => {
    expect(await run("says-much")).toBe("failed");
  });
  it("ends the run of a large event, and tells it whole", async () => {
    expect(await run("fails", { filling: "y".repeat(400_000) })).toBe("failed");
    const [told] = await database.administrator<{ filled: number }[]>`
      select length(data -> 'event' -> 'data' ->> 'filling') as filled from durable.events
      where name = 'inngest/function.failed' and data ->> 'function_id' = 'large-fails'`;
    expect(told?.filled).toBe(400_000);
  });
});

describe("a call that was left behind", () => {
  it("waits without a lease when nobody has its function any more, and holds nobody up", async () => {
    const [job] = await database.administrator<{ id: string }[]>`
      insert into durable.jobs (id, fn_id, events, created_at) values (uuidv7()::text, 'large-gone', '[]', durable.now_()) returning id`;
    await database.administrator`
      insert into durable.queue (kind, run_id, fn_id, run_at, lease, lease_until, leased_at, owner)
      values ('exec', ${job?.id ?? ""}, 'large-gone', durable.now_(), gen_random_uuid(), durable.now_(), durable.now_(), 'a dead worker')`;
    expect(await run("well")).toBe("completed");
    await eventually("call without a lease", async () => {
      const [left] = await database.administrator<{ free: boolean }[]>`
        select lease is null as free from durable.queue where run_id = ${job?.id ?? ""}`;
      return left?.free;
    });
  });

  it("holds nobody up when it cannot be taken back", async () => {
    const [job] = await database.administrator<{ id: string }[]>`
      insert into durable.jobs (id, fn_id, events, created_at)
      values (uuidv7()::text, 'large-fails', '[{"data": {}}]', durable.now_()) returning id`;
    await database.administrator`create function public.refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$`;
    await database.administrator.unsafe(
      `create trigger refuse before update on durable.jobs for each row when (old.id = '${job?.id ?? ""}') execute function public.refuse()`,
    );
    await database.administrator`
      insert into durable.queue (kind, run_id, fn_id, run_at, lease, lease_until, leased_at, owner)
      values ('exec', ${job?.id ?? ""}, 'large-fails', durable.now_(), gen_random_uuid(), durable.now_(), durable.now_(), 'a dead worker')`;
    expect(await run("well")).toBe("completed");
  });
});
