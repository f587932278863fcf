import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roleUrl } from "@/db/roles";
import { embeddedClient } from "@/server/durable/embedded-client";
import { type Executor, startExecutor } from "@/server/durable/executor";
import { dispatcher, jobsRoute } from "@/server/jobs/handler";
import { metricsText } from "@/server/metrics";
import { deploymentSecret } from "@/server/secrets";
import { cancelJob, retryJob } from "@/server/services/jobs/ask";
import { getJob } from "@/server/services/jobs/get";
import { type JobRow, listJobs } from "@/server/services/jobs/list";
import { jobSummary } from "@/server/services/jobs/summary";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution, type TestInstitution } from "@/tests/support/institution";
import { cases } from "./cases";
import { eventually } from "./eventually";

const signingKey = `signkey-test-${"56".repeat(32)}`;
let database: TestDatabase;
let executor: Executor;
let institution: TestInstitution;
let isMended = false;

beforeAll(async () => {
  database = await createDatabase();
  institution = await createInstitution();
  const client = embeddedClient({ id: "page", signingKey, write: async () => [] });
  const on = cases(client);
  const route = jobsRoute(client, [
    on("fragile", { retries: 0, onFailure: async () => {} }, async ({ step }) => {
      await step.run("first", () => 1);
      return step.run("second", () => {
        if (!isMended) throw new RangeError("12/31/2009 is no date");
        return 2;
      });
    }),
    on("sleepy", {}, async ({ step }) => step.sleep("long", "1d")),
  ]);
  executor = await startExecutor({
    url: roleUrl({ url: database.url, secret: deploymentSecret(), role: "engine" }),
    endpoint: { handler: dispatcher(route), url: "http://localhost/api/inngest", signingKey },
    workerName: "the worker",
  });
});
afterAll(async () => {
  await executor?.drain();
  await database?.close();
});

const emit = (name: string, data: Record<string, unknown>) =>
  database.administrator`select durable.emit(${`conformance/${name}`}::text, ${JSON.stringify(data)}::text::jsonb)`;
const listed = (what: Parameters<typeof listJobs>[0]): Promise<JobRow> =>
  eventually(`job ${JSON.stringify(what)}`, async () => (await listJobs(what)).jobs[0]);

describe("what vendor staff see of the functions' runs", () => {
  it("a failed run with its timeline, without the values that its error quotes, and it can be run again with a reason", async () => {
    await emit("fragile", { institutionId: institution.id });
    const failed = await listed({ status: "failed", institution: institution.slug });
    expect(failed).toMatchObject({ fnId: "page-fragile", trigger: "conformance/fragile", institution: { slug: institution.slug } });
    const job = await getJob({ id: failed.id });
    expect(job.timeline.map(({ kind, step, attempt }) => [kind, step, attempt])).toEqual([
      ["step.done", "first", 0],
      ["step.failed", "second", 0],
      ["call.failed", null, 0],
      ["run.failed", null, null],
    ]);
    expect(job.timeline[1]?.error?.name).toBe("RangeError");
    expect(JSON.stringify(job)).not.toContain("2009");
    expect(job.now).toEqual([]);

    const handler = await listed({ fnId: "page-fragile-failure" });
    expect(handler).toMatchObject({ trigger: "inngest/function.failed", institution: { slug: institution.slug } });

    isMended = true;
    await retryJob(institution.owner.actor, { id: failed.id, reason: "The parser was mended" });
    const again = await listed({ status: "completed", fnId: "page-fragile" });
    expect(again).toMatchObject({ retryOf: failed.id, reason: "The parser was mended" });
    await expect(retryJob(institution.owner.actor, { id: again.id, reason: "For fun" })).rejects.toMatchObject({ code: "CONFLICT" });
    const entries = await database.administrator`select actor, verb, subject from audit where verb like 'job.%'`;
    expect(entries).toEqual([{ actor: "staff", verb: "job.retry", subject: `job ${failed.id}` }]);
  });

  it("what a run waits for, and it can be cancelled", async () => {
    await emit("sleepy", {});
    const { id } = await listed({ status: "running", fnId: "page-sleepy" });
    const waiting = await eventually("timer", async () => {
      const job = await getJob({ id });
      return job.now.some((item) => item.kind === "timer") ? job : null;
    });
    expect(waiting.now).toMatchObject([{ kind: "timer", step: "long", worker: null, heartbeatAgeMs: null }]);
    expect(waiting.now[0]?.dueAt.getTime() ?? 0).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    await cancelJob(institution.owner.actor, { id, reason: "Not needed" });
    expect(await listed({ status: "cancelled" })).toMatchObject({ id, reason: "Not needed" });
    await expect(cancelJob(institution.owner.actor, { id, reason: "Again" })).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(getJob({ id: "nothing" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("counts by function and status, and the same for Prometheus", async () => {
    const { functions, queue } = await jobSummary();
    expect(functions).toContainEqual({ fnId: "page-fragile", status: "failed", runs: 1, oldestMs: null });
    expect(queue.underWay).toBe(0);
    const text = await metricsText();
    expect(text).toContain('rollcall_jobs{fn="page-fragile",status="failed"} 1');
    expect(text).toContain('rollcall_step_duration_seconds{fn="page-fragile",quantile="0.95"}');
    expect(text).toContain("rollcall_lease_expiries_last_hour 0");
  });

  it("pages of fifty, newest first, each run once", async () => {
    await database.administrator`
      select durable.emit('conformance/fragile', '{}') from generate_series(1, 60)`;
    await eventually("sixty more", async () => {
      const [row] = await database.administrator<{ n: number }[]>`select count(*)::int as n from durable.jobs where fn_id = 'page-fragile'`;
      return row?.n === 62;
    });
    const first = await listJobs({ fnId: "page-fragile" });
    const second = await listJobs({ fnId: "page-fragile", after: first.next ?? 0 });
    expect(first.jobs).toHaveLength(50);
    expect(second.next).toBeNull();
    expect(new Set([...first.jobs, ...second.jobs].map((job) => job.id)).size).toBe(62);
  });
});
