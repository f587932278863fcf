import { setTimeout as pause } from "node:timers/promises";
import { drizzle } from "drizzle-orm/postgres-js";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import * as schema from "@/db/schema";
import { jobFunctions } from "@/server/jobs/functions";
import { startJobs } from "@/server/jobs/start";
import { listRoster } from "@/server/services/roster/list";
import { startRun } from "@/server/services/runs/start";
import { rosterDigest } from "@/server/sync/digest";
import { asFiles, createRunScene, type RunScene } from "@/tests/api/scene";
import { eventually } from "@/tests/conformance/eventually";
import { district } from "@/tests/fixtures/district";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { endWorkers, SHORT_LEASES, startWorker, type WorkerProcess } from "./durable-process";

/** Where a worker dies: in the engine, or after so many calls between a step's body and the record of its result. */
const POINTS = ["load.copy", "commit.closed", "durable:before-commit@13"];
/** The rest of the named points, for `npm run test:durable -- --soak`. */
const MORE_POINTS = [
  ...["load.landed", "check.entity", "compare.landed", "compare.done", "commit.locked", "commit.done"],
  ...["durable:before-commit@2", "durable:after-commit@5", "durable:after-commit@12"],
];
const points = process.env.DURABLE_SOAK === "1" ? [...POINTS, ...MORE_POINTS] : POINTS;

let database: TestDatabase;
const heir = (name: string) => startJobs(jobFunctions, "http://127.0.0.1:1/api/inngest", { ...SHORT_LEASES, workerName: name });
const doomed = (failpoint: string) => startWorker({ databaseUrl: database.url, name: "doomed", failpoint, isMain: true });

beforeAll(async () => {
  database = await createDatabase();
});
afterEach(endWorkers);
afterAll(() => database?.close());

/** What a reader sees at one moment. */
async function digestOf(scene: RunScene): Promise<string> {
  const [environment] = await database.administrator<{ id: number; bucket: number }[]>`
    select id, bucket from environments where institution_id = ${scene.institution.id} and name = 'preview'`;
  const at = { environmentId: environment?.id ?? 0, bucket: environment?.bucket ?? 0 };
  return drizzle(database.administrator, { schema }).transaction((tx) => rosterDigest(tx, at), { isolationLevel: "repeatable read" });
}

/** Asks for the run that the case is about; it commits by itself. */
async function begin(scene: RunScene): Promise<number> {
  const delivery = await scene.deliver(asFiles(district()));
  const { number } = await startRun(scene.owner, { environment: "preview", feed: scene.feed, delivery, kind: "full", autoCommit: true });
  return number;
}

/** Every digest that a reader could have seen until the run was committed. */
async function watchUntilCommitted(scene: RunScene, run: number): Promise<Set<string>> {
  const seen = new Set<string>();
  await eventually(`commit of run ${run}`, async () => {
    seen.add(await digestOf(scene));
    const report = await scene.report(run);
    if (report.state === "failed") throw new Error(`Run ${run} failed: ${report.reason}`);
    return report.state === "committed";
  });
  seen.add(await digestOf(scene));
  return seen;
}

async function expectWhole(scene: RunScene, run: number, seen: { before: string; digests: Set<string> }): Promise<void> {
  const after = await digestOf(scene);
  expect(after).not.toBe(seen.before);
  expect([...seen.digests].filter((digest) => digest !== seen.before)).toEqual([after]);
  const students = await listRoster(scene.owner, { environment: "preview", kind: "students" });
  expect(students.rows.map((row) => row.name).toSorted()).toEqual(["Ben Okafor", "Chi Tran"]);
  const report = await scene.report(run);
  expect(report.counts.users).toMatchObject({ read: 3, add: 3, edit: 0, archive: 0 });
  const mails = await database.administrator`
    select m.kind, m.recipient, count(*)::int as n from mails m join runs r on r.id = m.run_id
    where r.institution_id = ${scene.institution.id} and r.number = ${run} group by 1, 2`;
  expect(mails).toEqual([{ kind: "committed", recipient: scene.institution.owner.email, n: 1 }]);
  const above = await database.administrator`
    select 1 from user_versions v join environments e on e.id = v.environment_id
    where e.institution_id = ${scene.institution.id} and v.from_seq > e.head_seq`;
  expect(above).toHaveLength(0);
}

describe("a worker of the main job that is killed", () => {
  for (const point of points) {
    it(`at ${point} leaves the roster before or after, and another one ends the run`, async () => {
      const scene = await createRunScene();
      const before = await digestOf(scene);
      const victim = await doomed(`${point}=kill`);
      const run = await begin(scene);
      expect(await victim.ended).toBe("SIGKILL");
      const digests = new Set([await digestOf(scene)]);
      const worker = await heir("heir");
      for (const digest of await watchUntilCommitted(scene, run)) digests.add(digest);
      await worker.drain();
      await expectWhole(scene, run, { before, digests });
    });
  }
});

describe("a worker of the main job that freezes in the middle of COPY", () => {
  it("is fenced off, and changes nothing when it comes back", async () => {
    const scene = await createRunScene();
    const before = await digestOf(scene);
    const frozen = await doomed("load.copy@1=stop");
    const run = await begin(scene);
    await stopped(frozen);
    const worker = await heir("heir");
    const digests = await watchUntilCommitted(scene, run);
    const after = await digestOf(scene);
    frozen.signal("SIGCONT");
    await eventually("lost lease in the history", async () => {
      const lost = await database.administrator`
        select 1 from durable.history h join durable.jobs j on j.id = h.run_id
        where h.kind = 'lease.lost' and (j.events -> 0 -> 'data' ->> 'institutionId')::int = ${scene.institution.id}`;
      return lost.length > 0;
    });
    await pause(200);
    digests.add(await digestOf(scene));
    expect(await digestOf(scene)).toBe(after);
    await worker.drain();
    await expectWhole(scene, run, { before, digests });
  });
});

const stopped = (worker: WorkerProcess): Promise<boolean> => eventually("stopped worker", async () => worker.isStopped());
