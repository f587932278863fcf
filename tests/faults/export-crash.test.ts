import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { cleanUpIntake } from "@/server/intake/clean-up";
import { jobFunctions } from "@/server/jobs/functions";
import { startJobs } from "@/server/jobs/start";
import { dataPlace } from "@/server/secrets";
import { eventually } from "@/tests/conformance/eventually";
import { callerAs } from "@/tests/support/caller";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution } from "@/tests/support/institution";
import { endWorkers, startWorker } from "./durable-process";
import { SHORT_LEASES } from "./short-leases";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterEach(endWorkers);
afterAll(() => database?.close());

const filesIn = (...folder: string[]): Promise<string[]> => readdir(join(dataPlace(), "objects", ...folder)).catch(() => []);

describe("an export whose worker is killed in the middle of the zip", () => {
  it("has no file until another worker has written all of it; what the dead one left is nobody's and is cleared away", async () => {
    const institution = await createInstitution();
    const { exports } = callerAs(institution.owner.actor).data;
    const victim = await startWorker({ databaseUrl: database.url, name: "doomed", failpoint: "export.file@9=kill", isMain: true });
    const { id } = await exports.request({ institution: institution.slug });
    expect(await victim.ended).toBe("SIGKILL");
    expect(await filesIn("unfinished")).toHaveLength(1);
    expect(await filesIn(String(institution.id))).toEqual([]);
    expect(await exports.list({ institution: institution.slug })).toMatchObject([{ id, state: "working", canFetch: false }]);

    const heir = await startJobs(jobFunctions, "http://127.0.0.1:1/api/inngest", { ...SHORT_LEASES, workerName: "heir" });
    const told = await eventually("the mail with the link", async () => {
      const mails = await database.administrator`select recipient from mails where kind = 'export' and of_institution = ${institution.id}`;
      return mails.length > 0 ? mails : null;
    });
    await heir.drain();
    expect(await exports.list({ institution: institution.slug })).toMatchObject([{ id, state: "ready", canFetch: true }]);
    await cleanUpIntake(0);
    expect(await filesIn("unfinished")).toEqual([]);
    expect(await filesIn(String(institution.id))).toHaveLength(1);
    expect(told.map(({ recipient }) => recipient)).toEqual([institution.owner.email]);
  });
});
