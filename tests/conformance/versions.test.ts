import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roleUrl } from "@/db/roles";
import { embeddedClient } from "@/server/durable/embedded-client";
import { type Executor, startExecutor } from "@/server/durable/executor";
import { dispatcher, jobsRoute } from "@/server/jobs/handler";
import { deploymentSecret } from "@/server/secrets";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { cases } from "./cases";
import { eventually } from "./eventually";

const signingKey = `signkey-test-${"6b".repeat(32)}`;
const client = embeddedClient({ id: "versions", signingKey, write: async () => [] });
const on = cases(client);
const shared = on("shared", {}, async () => "shared");
const added = client.createFunction(
  { id: "added", triggers: [{ event: "conformance/added" }, { cron: "0 0 1 1 *" }] },
  async () => "only the newer has this",
);

let database: TestDatabase;
const running = new Set<Executor>();

beforeAll(async () => {
  database = await createDatabase();
});
afterAll(async () => {
  for (const executor of running) await executor.drain();
  await database?.close();
});

/** A worker of one of two versions of the app. */
async function start(version: "older" | "newer"): Promise<Executor> {
  const executor = await startExecutor({
    url: roleUrl({ url: database.url, secret: deploymentSecret(), role: "engine" }),
    endpoint: {
      handler: dispatcher(jobsRoute(client, version === "older" ? [shared] : [shared, added])),
      url: "http://localhost/api/inngest",
      signingKey,
    },
    workerName: version,
    leaseMs: 1_000,
    heartbeatMs: 200,
  });
  running.add(executor);
  return executor;
}

async function stop(executor: Executor): Promise<void> {
  await executor.drain();
  running.delete(executor);
}

async function registered(): Promise<string[]> {
  const rows = await database.administrator<{ fn_id: string }[]>`select fn_id from durable.functions order by fn_id`;
  return rows.map((row) => row.fn_id);
}

async function nextTick(): Promise<number | undefined> {
  const [row] = await database.administrator<{ next_at: Date }[]>`select next_at from durable.crons where fn_id = 'versions-added'`;
  return row?.next_at.getTime();
}

async function outputOf(event: string): Promise<unknown> {
  const [sent] = await database.administrator<{ id: string }[]>`select durable.emit(${event}::text, '{}') as id`;
  const job = await eventually(`run of ${event}`, async () => {
    const [row] = await database.administrator<{ output: unknown }[]>`
      select output from durable.jobs where events -> 0 ->> 'id' = ${sent?.id ?? ""} and status = 'completed'`;
    return row;
  });
  return job.output;
}

describe("two versions of the app at once", () => {
  it("an older worker that starts, again and again, takes nothing from a newer one; what nobody has any more is forgotten", async () => {
    const newer = await start("newer");
    const tick = await nextTick();
    expect(tick).toBeDefined();
    for (let restarts = 0; restarts < 2; restarts += 1) {
      const older = await start("older");
      expect(await registered()).toEqual(["versions-added", "versions-shared"]);
      // Longer than the older one needs to take a silent worker's functions for nobody's.
      await silence();
      expect(await outputOf("conformance/added")).toBe("only the newer has this");
      expect(await nextTick()).toBe(tick);
      await stop(older);
    }
    await start("older");
    await stop(newer);
    await eventually("forgotten function", async () => (await registered()).join() === "versions-shared");
    expect(await nextTick()).toBeUndefined();
    expect(await outputOf("conformance/shared")).toBe("shared");
  });

  it("a worker whose functions were forgotten while it lives registers them again", async () => {
    const newer = await start("newer");
    await database.administrator`delete from durable.functions where fn_id = 'versions-added'`;
    await database.administrator`delete from durable.crons where fn_id = 'versions-added'`;
    await eventually("registered function", async () => (await registered()).includes("versions-added"));
    expect(await nextTick()).toBeDefined();
    expect(await outputOf("conformance/added")).toBe("only the newer has this");
    await stop(newer);
  });
});

/** Three of the workers' leases by the database's clock. */
async function silence(): Promise<void> {
  const [from] = await database.administrator<{ now: Date }[]>`select durable.now_() as now`;
  await eventually("passing of three leases", async () => {
    const [row] = await database.administrator<{ now: Date }[]>`select durable.now_() as now`;
    return (row?.now.getTime() ?? 0) > (from?.now.getTime() ?? Number.NaN) + 3_000;
  });
}
