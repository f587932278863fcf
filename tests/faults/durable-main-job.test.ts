import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { jobFunctions } from "@/server/jobs/functions";
import { startJobs } from "@/server/jobs/start";
import { createRunScene } from "@/tests/api/scene";
import { eventually } from "@/tests/conformance/eventually";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { endWorkers, startWorker, type WorkerProcess } from "./durable-process";
import { begin, digestOf, expectWhole, watchUntilCommitted } from "./main-scene";
import { SHORT_LEASES } from "./short-leases";

/** Where a worker dies: in the engine, or after so many calls between a step's body and the record of its result. */
const POINTS = ["load.copy", "commit.closed", "durable:before-commit@8"];
/** The rest of the named points, or between that record and the next claim, for `npm run test:durable -- --soak`. */
const MORE_POINTS = [
  ...["load.landed", "check.entity", "compare.landed", "compare.done", "commit.locked", "commit.done"],
  ...["durable:before-commit@2", "durable:after-commit@5", "durable:after-commit@7"],
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

describe("a worker of the main job that is killed", () => {
  for (const point of points) {
    it(`at ${point} leaves the roster before or after, and another one ends the run`, async () => {
      const scene = await createRunScene();
      const before = await digestOf(database.administrator, scene);
      const victim = await doomed(`${point}=kill`);
      const run = await begin(scene);
      expect(await victim.ended).toBe("SIGKILL");
      const digests = new Set([await digestOf(database.administrator, scene)]);
      const worker = await heir("heir");
      for (const digest of await watchUntilCommitted(database.administrator, scene, run)) digests.add(digest);
      await worker.drain();
      await expectWhole(database.administrator, scene, { run, before, digests });
    });
  }
});

describe("a worker of the main job that freezes in the middle of COPY", () => {
  it("is fenced off, and changes nothing when it comes back", async () => {
    const scene = await createRunScene();
    const before = await digestOf(database.administrator, scene);
    const frozen = await doomed("load.copy@1=stop");
    const run = await begin(scene);
    await stopped(frozen);
    const worker = await heir("heir");
    const digests = await watchUntilCommitted(database.administrator, scene, run);
    const after = await digestOf(database.administrator, scene);
    frozen.signal("SIGCONT");
    await eventually("lost lease in the history", async () => {
      const lost = await database.administrator`
        select 1 from durable.history h join durable.jobs j on j.id = h.run_id
        where h.kind = 'lease.lost' and j.institution = ${String(scene.institution.id)}`;
      return lost.length > 0;
    });
    await pause(200);
    digests.add(await digestOf(database.administrator, scene));
    expect(await digestOf(database.administrator, scene)).toBe(after);
    await worker.drain();
    await expectWhole(database.administrator, scene, { run, before, digests });
  });
});

const stopped = (worker: WorkerProcess): Promise<boolean> => eventually("stopped worker", async () => worker.isStopped());
