import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { asEngine } from "@/server/database";
import { emit } from "@/server/jobs/events";
import { jobFunctions } from "@/server/jobs/functions";
import { startJobs } from "@/server/jobs/start";
import { verifyCertificate } from "@/server/services/data/certificate";
import { commitRun } from "@/server/services/runs/commit";
import { stageName, stageStatements } from "@/server/sync/tables";
import { deletionScene } from "@/tests/api/deletion-scene";
import { asFiles, createRunScene, type RunScene } from "@/tests/api/scene";
import { eventually } from "@/tests/conformance/eventually";
import { district } from "@/tests/fixtures/district";
import { searchData } from "@/tests/intake/support";
import { callerAs } from "@/tests/support/caller";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createStaff } from "@/tests/support/institution";
import { tenantDigest } from "@/tests/tenancy/digest";
import { endWorkers, startWorker } from "./durable-process";
import { SHORT_LEASES } from "./short-leases";

/**
 * Where one worker after the other dies: after a step whose result is lost, after the certificate was drafted, when partitions are gone
 * and rows begin to go, among the rows, among the files, in the last transaction, and after it, its result lost.
 */
const DEATHS = [
  "durable:before-commit@1",
  "durable:before-commit@3",
  "purge.erased@1",
  "purge.erased@25",
  "objects.removed@2",
  "purge.ending@1",
  "purge.ended@1",
] as const;

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterEach(endWorkers);
afterAll(() => database?.close());

/** An institution with partitions of its own, in which everybody of the roster is called by `word`. */
async function largeScene(word: string): Promise<RunScene> {
  const scene = await createRunScene();
  await database.administrator`
    update environments set bucket = 1000 + id where id = ${scene.institution.environments.preview.id}`;
  const files = asFiles(district()).map(({ name, content }) => ({ name, content: String(content).replaceAll("Okafor", word) }));
  await scene.prepare(files);
  await commitRun(scene.owner, { environment: "preview", run: 1, selectionVersion: 0 });
  await scene.until(1, ["committed"]);
  return scene;
}

/** Every table, partitions and staged rows too, in which something of the institution stands: its number in a column of its own, or a word. */
async function tracesOf(institutionId: number, words: readonly string[]): Promise<string[]> {
  const tables = await database.administrator<{ name: string; has_key: boolean }[]>`
    select format('%I.%I', n.nspname, c.relname) as name,
      exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'institution_id' and not a.attisdropped) as has_key
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'`;
  const found: string[] = [];
  for (const { name, has_key } of tables) {
    const [row] = await database.administrator.unsafe<{ isThere: boolean }[]>(
      `select exists (select from ${name} t where t::text like any($1) ${has_key ? "or institution_id = $2" : "and $2::int is not null"}) as "isThere"`,
      [words.map((word) => `%${word}%`), institutionId],
    );
    if (row?.isThere === true) found.push(name);
  }
  return found.toSorted();
}

const objectsOf = async (scene: RunScene): Promise<number> =>
  (await searchData([])).all.filter((path) => path.includes(`/objects/${scene.institution.id}/`)).length;
const partitionsOf = async (scene: RunScene): Promise<number> => {
  const [found] = await database.administrator`
    select count(*)::int as n from pg_class
    where relnamespace = 'partitions'::regnamespace and relkind = 'r' and relname like ${`%\\_${1000 + scene.institution.environments.preview.id}`}`;
  return found?.n;
};

describe("the deletion of an institution whose worker is killed again and again", () => {
  it("ends in another process: the certificate, nothing left in any table, partition or file, and nobody else touched", async () => {
    const word = "Vanishing";
    const setUp = await startJobs(jobFunctions, "http://127.0.0.1:1/api/inngest", { ...SHORT_LEASES, workerName: "before" });
    const scene = await largeScene(word);
    const neighbour = await largeScene("Remaining");
    await setUp.drain();
    const { institution } = scene;
    // What a load that died had staged of its run.
    const [run] = await database.administrator<{ id: string }[]>`select id from runs where institution_id = ${institution.id}`;
    const [stage = ""] = stageStatements(run?.id ?? "", "users");
    const staged = stageName(run?.id ?? "", "users");
    await asEngine(institution.id, async (tx) => {
      await tx.execute(stage);
      await tx.execute(`insert into ${staged} (position, line, status, source_key) values (1, 1, 'active', '${word}')`);
    });
    const before = {
      traces: await tracesOf(institution.id, [word]),
      objects: await objectsOf(scene),
      partitions: await partitionsOf(scene),
    };
    expect(before.traces).toContain(staged);
    expect(before.traces.filter((name) => name.startsWith("partitions.user_versions"))).toHaveLength(1);
    expect(before.objects).toBeGreaterThan(3);
    expect(before.partitions).toBeGreaterThan(5);
    const others = { rows: await tenantDigest(database, neighbour.institution.id), objects: await objectsOf(neighbour) };

    const admin = await createStaff("admin");
    const deletion = deletionScene(database, admin);
    await deletion.askedBy(institution);
    await deletion.decide(institution, "approve");
    await deletion.passTwoWeeks(institution);
    await asEngine(institution.id, (tx) => emit(tx, { name: "deletion/due", data: { institutionId: institution.id } }));
    for (const [at, death] of DEATHS.entries()) {
      const victim = await startWorker({ databaseUrl: database.url, name: `doomed ${at}`, failpoint: `${death}=kill`, isMain: true });
      expect(await victim.ended, death).toBe("SIGKILL");
    }
    const heir = await startJobs(jobFunctions, "http://127.0.0.1:1/api/inngest", { ...SHORT_LEASES, workerName: "heir" });
    await eventually("the end of the deletion", async () => {
      const [job] = await database.administrator<{ status: string }[]>`
        select status from durable.jobs where fn_id like '%purge-institution' and status <> 'running' and status <> 'queued'`;
      return job?.status === "completed";
    });
    await heir.drain();

    const certificates = await callerAs(admin).vendor.deletions.certificates();
    expect(certificates.map(({ says }) => says.institution.slug)).toEqual([institution.slug]);
    expect(verifyCertificate(certificates[0]?.file ?? "")).toEqual(certificates[0]?.says);
    expect(certificates[0]?.says).toMatchObject({ files: before.objects, rows: { user_versions: 3 } });
    expect(await deletion.rowsOf(institution.id)).toEqual({});
    expect(await tracesOf(institution.id, [word])).toEqual([]);
    // The mail with the link to the certificate goes with age; the owner's address has the short name in it.
    expect(await tracesOf(institution.id, [institution.slug])).toEqual(["public.deletion_certificates", "public.mails"]);
    expect(await partitionsOf(scene)).toBe(0);
    expect(await objectsOf(scene)).toBe(0);
    const told = await database.administrator`select recipient from mails where kind = 'certificate'`;
    expect(told.map(({ recipient }) => recipient)).toEqual([institution.owner.email]);

    expect(await tenantDigest(database, neighbour.institution.id)).toEqual(others.rows);
    expect(await partitionsOf(neighbour)).toBe(before.partitions);
    expect(await objectsOf(neighbour)).toBe(others.objects);
  });
});
