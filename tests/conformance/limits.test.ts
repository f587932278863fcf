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

const signingKey = `signkey-test-${"78".repeat(32)}`;
let database: TestDatabase;
let engineUrl: string;
let executor: Executor;

const client = embeddedClient({ id: "limits", signingKey, write: async () => [] });
const on = cases(client);
const slow = on("slow", {}, async ({ step }) => step.sleep("day", "1d"));
/** Fails in two ways that JSON columns could choke on, or not at all. */
const awkward = on("awkward", { retries: 0 }, async () => {
  throw new NonRetriableError("a NUL \u0000 in the message");
});
const said = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "no error",
    (error: Error) => error.message,
  );

const endpointOf = (functions: Parameters<typeof jobsRoute>[1]) => ({
  handler: dispatcher(jobsRoute(client, functions)),
  url: "http://localhost/api/inngest",
  signingKey,
});

beforeAll(async () => {
  database = await createDatabase();
  engineUrl = roleUrl({ url: database.url, secret: deploymentSecret(), role: "engine" });
  executor = await startExecutor({
    url: engineUrl,
    endpoint: endpointOf([
      slow,
      awkward,
      on("large", { retries: 0 }, async ({ step }) => said(step.run("large", () => "x".repeat(4 * 1024 * 1024)))),
      on("foreign", { retries: 0 }, async ({ step }) =>
        said(step.waitForSignal("signal", { signal: "s", timeout: "1m", onConflict: "fail" })),
      ),
      on("unreadable", { retries: 0 }, async ({ step }) =>
        said(step.waitForEvent("wait", { event: "a/b", timeout: "1m", if: "async.data.x ==" })),
      ),
      on("impatient", { retries: 0 }, async ({ step }) => said(step.invoke("slow", { function: slow, data: {}, timeout: "1s" }))),
      on("missing", { retries: 0 }, async ({ step }) =>
        said(step.invoke("gone", { function: on("never-served", {}, async () => 1), data: {} })),
      ),
      on("returns-nul", { retries: 0 }, async ({ step }) =>
        step.run("nul", () => ({ text: "a\u0000b", big: 2 ** 53 - 1, list: [null, 0.1] })),
      ),
    ]),
  });
});
afterAll(async () => {
  await executor?.drain();
  await database?.close();
});

async function run(name: string): Promise<{ status: string; output: unknown; error: { name: string; message: string } | null }> {
  const [sent] = await database.administrator<{ id: string }[]>`select durable.emit(${`conformance/${name}`}::text, '{}') as id`;
  return eventually(`end of ${name}`, async () => {
    const [job] = await database.administrator<{ status: string; output: unknown; error: { name: string; message: string } | null }[]>`
      select status, output, error from durable.jobs
      where events -> 0 ->> 'id' = ${sent?.id ?? ""} and ended_at is not null`;
    return job;
  });
}

describe("what the executor does not carry fails the step with words that say so, and the function can catch it", () => {
  it("a result over 4 MB", async () => {
    expect((await run("large")).output).toBe("The step returned more than 4 MB");
  });
  it("an operation of another kind", async () => {
    expect((await run("foreign")).output).toMatch(/does not carry the operation "WaitForSignal"/);
  });
  it("an expression that is none", async () => {
    expect((await run("unreadable")).output).toMatch(/"async.data.x ==" is not a usable CEL expression/);
  });
  it("a function that nobody serves", async () => {
    expect((await run("missing")).output).toMatch(/There is no function "limits-never-served" to invoke/);
  });
  it("an invoked function that does not end in time", async () => {
    expect((await run("impatient")).output).toMatch(/did not end in time/);
  });
});

describe("what Postgres could choke on", () => {
  it("comes back as it was", async () => {
    expect((await run("returns-nul")).output).toEqual({ text: "a\u0000b", big: 2 ** 53 - 1, list: [null, 0.1] });
  });
  it("fails no more than the run it is in", async () => {
    expect(await run("awkward")).toMatchObject({ status: "failed", error: { message: "a NUL \u0000 in the message" } });
  });
});

describe("an app whose functions cannot be carried", () => {
  it("is not started, and says which function and option", async () => {
    const refused = startExecutor({
      url: engineUrl,
      endpoint: endpointOf([on("bundled", { batchEvents: { maxSize: 5, timeout: "5s" } }, async () => 1)]),
    });
    await expect(refused).rejects.toThrow(/limits-bundled.*"batchEvents"/);
    const bad = startExecutor({ url: engineUrl, endpoint: endpointOf([on("picky", { condition: "event.data.x ==" }, async () => 1)]) });
    await expect(bad).rejects.toThrow(/limits-picky.*event\.data\.x ==/);
    const kept = await database.administrator`select 1 from durable.functions where fn_id like 'limits-%'`;
    expect(kept.length).toBe(8);
  });
});
