import { randomUUID } from "node:crypto";
import type { Sql } from "postgres";
import { afterAll, describe, expect, it } from "vitest";
import { eventually } from "@/tests/conformance/eventually";
import { createMarks } from "@/tests/conformance/marks";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { endWorkers, startWorker, type WorkerProcess } from "./durable-process";
import { send } from "./durable-scene";
import { killAtRandom } from "./kill-at-random";
import { seeded } from "./seeded";

/** `npm run test:durable -- --soak` sets it: 20 rounds of 200 runs, two at a time, instead of one of 40. */
const soaking = process.env.DURABLE_SOAK === "1";
const size = soaking ? { rounds: 20, runs: 200, kills: 100 } : { rounds: 1, runs: 40, kills: 20 };
const WORKERS = 3;

afterAll(() => endWorkers());

describe("three workers, one of which is killed every 0.5 to 2 seconds", () => {
  for (let round = 1; round <= size.rounds; round += 1) {
    const seed = Number(process.env.DURABLE_SEED ?? Date.now() % 1_000_000) + round;
    const name = `end every run with one result per step (round ${round}, seed ${seed})`;
    it.concurrent(name, async () => {
      process.stdout.write(`soak round ${round} seed ${seed}\n`);
      const database = await createDatabase();
      const workers: WorkerProcess[] = [];
      try {
        await createMarks(database.administrator);
        const runs = await killWhileTheyRun({ database, workers, random: seeded(seed) });
        await eventually("end of every run", async () => (await unended(database.administrator, runs)) === 0, 600_000);
        const repeated = await expectOneResultPerStep(database.administrator, runs);
        process.stdout.write(`soak round ${round}: ${size.kills} kills over ${size.runs} runs, ${repeated} bodies were repeated\n`);
      } finally {
        for (const worker of workers) worker.signal("SIGKILL");
        await Promise.all(workers.map((worker) => worker.ended));
        await database.close();
      }
    }, 1_800_000);
  }
});

/** Sends runs while workers die, until the quota of kills is met. */
async function killWhileTheyRun(round: { database: TestDatabase; workers: WorkerProcess[]; random: () => number }): Promise<string[]> {
  const runs: string[] = [];
  await killAtRandom({
    workers: WORKERS,
    kills: size.kills,
    random: round.random,
    start: async () => {
      const worker = await startWorker({ databaseUrl: round.database.url, name: `soak ${randomUUID().slice(0, 8)}` });
      round.workers.push(worker);
      return worker;
    },
    beforeKill: async (kill) => {
      while (runs.length < (kill / size.kills) * size.runs) {
        runs.push(await send(round.database.administrator, "faults/steady", { ms: Math.floor(round.random() * 2_000) }));
      }
    },
  });
  return runs;
}

async function unended(sql: Sql, runs: readonly string[]): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from durable.jobs
    where events -> 0 -> 'data' ->> 'about' = any(${[...runs]}) and status not in ('completed', 'failed')`;
  return row?.n ?? 0;
}

/** Answers how many bodies ran more than once, counted by their repetitions. */
async function expectOneResultPerStep(sql: Sql, runs: readonly string[]): Promise<number> {
  const jobs = await sql<{ id: string; status: string; output: string[]; recorded: string[] }[]>`
    select id, status, output, array(
      select result ->> 'data' from durable.steps s where s.run_id = j.id
      order by array_position(array['first', 'left', 'right', 'last'], label)) as recorded
    from durable.jobs j where events -> 0 -> 'data' ->> 'about' = any(${[...runs]})`;
  expect(jobs).toHaveLength(runs.length);
  for (const job of jobs) {
    expect(job.status).toBe("completed");
    expect(job.output).toEqual(job.recorded);
    expect(new Set(job.output).size).toBe(4);
  }
  const bodies = await sql<{ about: string; label: string; n: number }[]>`
    select about, label, count(*)::int as n from marks where about = any(${[...runs]}) group by about, label`;
  expect(bodies).toHaveLength(runs.length * 4);
  for (const body of bodies) expect(body.n).toBeLessThanOrEqual(1 + size.kills);
  // Bodies in all: every kill ends at most what its worker was doing at that moment (8 calls).
  const executed = bodies.reduce((sum, body) => sum + body.n, 0);
  expect(executed).toBeLessThanOrEqual(runs.length * 4 + size.kills * 8);
  expect(await sql`select 1 from durable.queue where kind = 'exec'`).toHaveLength(0);
  return executed - runs.length * 4;
}
