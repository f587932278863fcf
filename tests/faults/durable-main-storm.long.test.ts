import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { access } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { afterEach, describe, expect, it } from "vitest";
import { startEmbedded } from "@/db/embedded";
import { migrate } from "@/db/migrate";
import { RECONNECTION } from "@/db/reconnection";
import { closeDatabases } from "@/server/database";
import { deploymentSecret } from "@/server/secrets";
import { createRunScene, type RunScene } from "@/tests/api/scene";
import { eventually } from "@/tests/conformance/eventually";
import { adoptDatabase, createDatabase } from "@/tests/support/database";
import { endWorkers, startWorker } from "./durable-process";
import { killAtRandom } from "./kill-at-random";
import { begin, digestOf, expectUntouched, expectWhole, watchUntil, watchUntilCommitted } from "./main-scene";
import { seeded } from "./seeded";

const HOUR_MS = 3_600_000;
/** `npm run test:durable -- --soak` sets it. */
const soaking = process.env.DURABLE_SOAK === "1";
const KILLS = soaking ? 60 : 6;
const RUNS = soaking ? 30 : 3;
const WITHIN_MS = soaking ? 1_200_000 : 300_000;

afterEach(endWorkers);

describe("three workers of the main job whose clocks are an hour apart, one of which is killed every 0.5 to 2 seconds", () => {
  const seed = Number(process.env.DURABLE_SEED ?? Date.now() % 1_000_000);
  it(
    `bring every run to its end; each roster is before or after, each notice one (seed ${seed})`,
    async () => {
      const database = await createDatabase();
      const sql = database.administrator;
      const cases: { scene: RunScene; before: string; run: number; watched: ReturnType<typeof watchUntil> }[] = [];
      await killAtRandom({
        workers: 3,
        kills: KILLS,
        random: seeded(seed),
        start: (place) =>
          startWorker({ databaseUrl: database.url, name: `storm ${place}`, isMain: true, skewMs: ((place % 3) - 1) * HOUR_MS }),
        beforeKill: async () => {
          if (cases.length === RUNS) return;
          const scene = await createRunScene();
          const before = await digestOf(sql, scene);
          const run = await begin(scene);
          cases.push({ scene, before, run, watched: watchUntil(["committed", "failed"], { sql, scene, run, withinMs: WITHIN_MS }) });
        },
      });
      let failed = 0;
      for (const { scene, before, run, watched } of cases) {
        const { state, digests } = await watched;
        if (state === "failed") failed += 1;
        await (state === "failed" ? expectUntouched : expectWhole)(sql, scene, { run, before, digests });
      }
      // A step has four attempts; in so short a storm hardly one step loses them all.
      expect(failed).toBeLessThan(RUNS / 2);
      const [lost] = await sql<{ n: number }[]>`select count(*)::int as n from durable.history where kind = 'lease.expired'`;
      process.stdout.write(
        `main storm seed ${seed}: ${KILLS} kills over ${RUNS} runs, ${lost?.n} calls taken over, ${failed} runs failed\n`,
      );
      await endWorkers();
      await database.close();
    },
    WITHIN_MS,
  );
});

describe("Postgres restarting under the main job", () => {
  it("in the middle of COPY (in order), and with the head moved but not committed (at once): before or after, each notice one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rollcall-main-restart-"));
    chmodSync(folder, 0o755);
    let server = await startEmbedded(folder, { shared_buffers: "64MB" });
    const { url } = server;
    await migrate({ url, secret: deploymentSecret() });
    adoptDatabase(url);
    const sql = postgres(url, { max: 4, ...RECONNECTION, onnotice: () => {} });
    const places = { fast: join(folder, "copy"), immediate: join(folder, "commit") };
    await startWorker({
      databaseUrl: url,
      name: "steadfast",
      isMain: true,
      failpoint: `load.copy@3=wait:${places.fast},commit.done@2=wait:${places.immediate}`,
    });
    for (const mode of ["fast", "immediate"] as const) {
      const scene = await createRunScene();
      const before = await digestOf(sql, scene);
      const run = await begin(scene);
      await eventually(`stop at ${places[mode]}`, () =>
        access(`${places[mode]}.reached`).then(
          () => true,
          () => false,
        ),
      );
      await server.stop(mode);
      server = await startEmbedded(folder, { shared_buffers: "64MB" });
      writeFileSync(places[mode], "");
      const digests = new Set([await eventually("answer after the restart", () => digestOf(sql, scene).catch(() => null))]);
      expect([...digests]).toEqual([before]);
      const watched = watchUntilCommitted(sql, scene, run);
      await eventually("failed attempt", () => skipBackOff(sql));
      for (const digest of await watched) digests.add(digest);
      await expectWhole(sql, scene, { run, before, digests });
    }
    await endWorkers();
    await closeDatabases();
    await sql.end({ timeout: 1 });
    await server.stop("immediate");
    rmSync(folder, { recursive: true, force: true });
  });
});

/** The step that lost its connection is tried again after 15 to 45 seconds: moves the test clock past that. False while no step waits. */
async function skipBackOff(sql: Sql): Promise<boolean> {
  const waiting =
    await sql`select 1 from durable.queue where kind = 'exec' and lease is null and run_at > durable.now_() + interval '5 seconds'`;
  if (waiting.length === 0) return false;
  await sql`insert into durable.clock_shifts values ('1 minute')`;
  await sql`select pg_notify('durable', '')`;
  return true;
}
