import type { Sql } from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@/tests/conformance/eventually";
import { createMarks } from "@/tests/conformance/marks";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { endWorkers, startWorker } from "./durable-process";
import { executions, jobIn, recorded, send, undisturbedRun } from "./durable-scene";

const HOUR_MS = 3_600_000;
let database: TestDatabase;
let sql: Sql;

/** Moves the database's test clock, and wakes the workers as the passing of time would. */
async function jump(interval: string): Promise<void> {
  await sql`insert into durable.clock_shifts values (${interval}::text::interval)`;
  await sql`select pg_notify('durable', '')`;
}

beforeAll(async () => {
  database = await createDatabase();
  sql = database.administrator;
  await createMarks(sql);
  await startWorker({ databaseUrl: database.url, name: "an hour ahead", skewMs: HOUR_MS });
  await startWorker({ databaseUrl: database.url, name: "an hour behind", skewMs: -HOUR_MS });
});
afterAll(async () => {
  await endWorkers();
  await database?.close();
});

describe("two workers whose clocks are two hours apart", () => {
  it("run what is due once, as if theirs were right", async () => {
    const { job, ran } = await undisturbedRun(sql, 20);
    expect(ran).toEqual({ first: 1, last: 1, left: 1, right: 1 });
    expect(job.output).toEqual(await recorded(sql, job.id));
  });

  it("keep a step that takes longer than a lease", async () => {
    const { ran } = await undisturbedRun(sql, 2_600);
    expect(ran.first).toBe(1);
  });

  it("sleep through a month of the database's clock, and fire a schedule once for all the ticks that were missed", async () => {
    const [before] = await sql<{ next_at: Date }[]>`select next_at from durable.crons where fn_id = 'faults-monthly'`;
    const about = await send(sql, "faults/patient");
    await eventually("sleeper", async () => {
      const [timer] = await sql`
        select 1 from durable.queue q join durable.jobs j on j.id = q.run_id
        where q.kind = 'timer' and j.events -> 0 -> 'data' ->> 'about' = ${about}`;
      return timer !== undefined;
    });
    expect(await executions(sql, "monthly")).toEqual({});
    await jump("30 days");
    await eventually("waiter", async () => {
      const [wait] = await sql`
        select 1 from durable.waits w join durable.jobs j on j.id = w.run_id where j.events -> 0 -> 'data' ->> 'about' = ${about}`;
      return wait !== undefined;
    });
    await eventually("tick", async () => (await executions(sql, "monthly")).tick);
    await jump("7 days");
    const job = await jobIn(sql, "completed", { about });
    expect(await executions(sql, about)).toEqual({ begin: 1, done: 1 });
    expect(job.output).toBeNull();

    await eventually("second tick", async () => (await executions(sql, "monthly")).tick === 2);
    const [after] = await sql<{ next_at: Date; late: boolean }[]>`
      select next_at, next_at <= durable.now_() as late from durable.crons where fn_id = 'faults-monthly'`;
    expect(after?.late).toBe(false);
    expect(after?.next_at.getTime() ?? 0).toBeGreaterThan((before?.next_at.getTime() ?? 0) + 36 * 24 * HOUR_MS);
    const [runs] = await sql<{ n: number }[]>`select count(*)::int as n from durable.jobs where fn_id = 'faults-monthly'`;
    expect(runs?.n).toBe(2);
  });
});
