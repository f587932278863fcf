import { drizzle } from "drizzle-orm/postgres-js";
import type { Sql } from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { askRun } from "@/server/durable/ask";
import { eventually } from "@/tests/conformance/eventually";
import { createMarks } from "@/tests/conformance/marks";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { endWorkers, startWorker } from "./durable-process";
import { executions, historyOf, jobIn, jobsAbout, recorded, send, undisturbedRun } from "./durable-scene";

let database: TestDatabase;
let sql: Sql;
const worker = (name: string, more: { failpoint?: string; drainMs?: number } = {}) =>
  startWorker({ databaseUrl: database.url, name, ...more });

beforeAll(async () => {
  database = await createDatabase();
  sql = database.administrator;
  await createMarks(sql);
});
afterEach(endWorkers);
afterAll(() => database?.close());

describe("a worker that dies", () => {
  const cases = [
    { where: "in a step's body", failpoint: "body:left=kill", repeated: { left: 2 } },
    { where: "between a body and its commit", failpoint: "durable:before-commit@1=kill", repeated: { first: 2 } },
    { where: "between a commit and the next claim", failpoint: "durable:after-commit@1=kill", repeated: {} },
  ];
  for (const { where, failpoint, repeated } of cases) {
    it(`${where} costs at most one repeat, and another worker ends the run`, async () => {
      const doomed = await worker("doomed", { failpoint });
      const about = await send(sql, "faults/steady");
      expect(await doomed.ended).toBe("SIGKILL");
      await worker("heir");
      const job = await jobIn(sql, "completed", { about });
      const ran = await executions(sql, about);
      for (const name of ["first", "left", "right", "last"]) {
        const most = name in repeated ? 2 : 1;
        // A sibling that was under way in the same process dies with it.
        expect(ran[name]).toBeLessThanOrEqual(failpoint.startsWith("body") && name === "right" ? 2 : most);
        if (name in repeated) expect(ran[name]).toBe(2);
      }
      expect(job.output).toEqual(await recorded(sql, job.id));
    });
  }
});

describe("a worker that freezes past its lease", () => {
  it("finds its result refused when it comes back: the other worker's stands", async () => {
    const frozen = await worker("frozen", { failpoint: "body:first=stop" });
    const about = await send(sql, "faults/steady");
    await eventually("stopped worker", async () => frozen.isStopped());
    await worker("other");
    const job = await jobIn(sql, "completed", { about });
    const stood = await recorded(sql, job.id);
    expect((await historyOf(sql, job.id)).map((entry) => entry.kind)).toContain("lease.expired");
    frozen.signal("SIGCONT");
    await eventually("lost lease in the history", async () => (await historyOf(sql, job.id)).some((entry) => entry.kind === "lease.lost"));
    expect(await recorded(sql, job.id)).toEqual(stood);
    expect(job.output).toEqual(stood);
    expect((await executions(sql, about)).first).toBe(2);
  });
});

describe("a step that takes longer than a lease", () => {
  it("is kept by heartbeats and runs once", async () => {
    await worker("one");
    await worker("two");
    const { ran } = await undisturbedRun(sql, 3_000);
    expect(ran).toEqual({ first: 1, last: 1, left: 1, right: 1 });
  });
});

describe("a step that kills its worker every time", () => {
  it("ends as a failed run after its attempts, calls onFailure, and can be retried by hand with a reason", async () => {
    const about = await send(sql, "faults/poisoned");
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const victim = await worker(`victim ${attempt}`);
      expect(await victim.ended).toBe("SIGKILL");
    }
    await worker("survivor");
    const failed = await jobIn(sql, "failed", { about });
    expect(failed.error?.name).toBe("LeaseExpired");
    expect((await executions(sql, about)).drink).toBe(3);
    await eventually("onFailure", async () => (await executions(sql, about)).failure === 1);

    await sql`insert into marks (about, label) values (${about}, 'antidote')`;
    await drizzle(sql).transaction((tx) => askRun(tx, { verb: "retry", runId: failed.id, reason: "The antidote has arrived", by: "7" }));
    const retried = await jobIn(sql, "completed", { about });
    expect(retried).toMatchObject({ retry_of: failed.id, reason: "The antidote has arrived", output: "alive" });
    expect((await jobsAbout(sql, about)).find((job) => job.id === failed.id)?.status).toBe("failed");
  });
});

describe("a worker that is told to stop", () => {
  it("finishes what it is doing and burns no attempt", async () => {
    const leaving = await worker("leaving");
    const about = await send(sql, "faults/steady", { ms: 600 });
    await eventually("first body", async () => (await executions(sql, about)).first === 1);
    leaving.signal("SIGTERM");
    expect(await leaving.ended).toBe(0);
    await worker("next");
    const job = await jobIn(sql, "completed", { about });
    expect(await executions(sql, about)).toEqual({ first: 1, last: 1, left: 1, right: 1 });
    expect((await historyOf(sql, job.id)).every((entry) => (entry.attempt ?? 0) === 0)).toBe(true);
  });

  it("gives back at once what does not finish in time, without counting an attempt", async () => {
    const leaving = await worker("leaving", { drainMs: 100 });
    const about = await send(sql, "faults/steady", { ms: 3_000 });
    await eventually("first body", async () => (await executions(sql, about)).first === 1);
    leaving.signal("SIGTERM");
    expect(await leaving.ended).toBe(0);
    await worker("next");
    const job = await jobIn(sql, "completed", { about });
    expect((await executions(sql, about)).first).toBe(2);
    const history = await historyOf(sql, job.id);
    expect(history.map((entry) => entry.kind)).not.toContain("lease.expired");
    expect(history.every((entry) => (entry.attempt ?? 0) === 0)).toBe(true);
  });

  it("cancels when asked, with the reason, and no later step runs", async () => {
    await worker("one");
    const about = await send(sql, "faults/steady", { ms: 2_000 });
    await eventually("first body", async () => (await executions(sql, about)).first === 1);
    const job = await jobIn(sql, "running", { about });
    await drizzle(sql).transaction((tx) => askRun(tx, { verb: "cancel", runId: job.id, reason: "Wrong delivery", by: "7" }));
    const cancelled = await jobIn(sql, "cancelled", { about });
    expect(cancelled.reason).toBe("Wrong delivery");
    await eventually("fenced result", async () => (await historyOf(sql, job.id)).some((entry) => entry.kind === "lease.lost"));
    expect((await executions(sql, about)).last).toBeUndefined();
    expect(await sql`select 1 from durable.queue where run_id = ${job.id}`).toHaveLength(0);
  });
});

describe("two workers and one key", () => {
  it("never exceed its limit between them", async () => {
    await worker("one");
    await worker("two");
    const about = await send(sql, "faults/limited");
    for (let more = 1; more < 12; more += 1) await send(sql, "faults/limited", { about });
    await eventually("twelve stretches", async () => {
      const [row] = await sql<{ n: number }[]>`select count(ended_at)::int as n from marks where about = ${about}`;
      return row?.n === 12;
    });
    const [most] = await sql<{ n: number }[]>`
      select max(n)::int as n from (
        select (select count(*) from marks other where other.about = ${about} and other.at <= one.at and other.ended_at > one.at) as n
        from marks one where one.about = ${about}
      ) counted`;
    expect(most?.n).toBe(2);
  });
});
