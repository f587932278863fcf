import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { setMode } from "@/server/services/feeds/set-mode";
import { startRun } from "@/server/services/runs/start";
import { asFiles, createRunScene } from "@/tests/api/scene";
import { eventually } from "@/tests/conformance/eventually";
import { delta, district, file } from "@/tests/fixtures/district";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { endWorkers, startWorker } from "./durable-process";

/** As many as one run takes. */
const DELIVERIES = 20;
const STEPS_MAX = 200;
const BYTES_MAX = 4096;
/** What stands in the rows, good and bad, and must stand in no log. */
const CANARY = "Zanzibarcanary";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterEach(endWorkers);
afterAll(() => database?.close());

const LogLine = z.looseObject({
  msg: z.string(),
  run: z.string().optional(),
  institution: z.number().nullish(),
  fn: z.string().optional(),
});

it("the longest run that there can be stays within 200 steps of 4 KB, and its log names runs and institutions and nobody", async () => {
  let text = "";
  await startWorker({ databaseUrl: database.url, name: "logged", isMain: true, onLog: (part) => (text += part) });
  const scene = await createRunScene();
  await scene.prepare(asFiles(district()), { autoCommit: true });
  await setMode(scene.owner, { feed: scene.feed, file: "*", mode: "delta" });
  const fill = { status: "active", dateLastModified: "2026-09-01T08:00:00Z" };
  const deliveries: string[] = [];
  for (let index = 0; index < DELIVERIES; index += 1) {
    const more: Record<string, string>[] = [
      { sourcedId: `n${index}`, username: `${CANARY}${index}`, givenName: CANARY, familyName: CANARY, email: `${CANARY}@school.example` },
      { sourcedId: `b${index}`, username: `bad${index}`, givenName: CANARY, role: `${CANARY} role` },
    ];
    deliveries.push(await scene.deliver(asFiles(delta({ "users.csv": file("users.csv", more, fill) }))));
  }
  const last = deliveries.at(-1) ?? "";
  const { number } = await startRun(scene.owner, {
    environment: "preview",
    feed: scene.feed,
    delivery: last,
    kind: "full",
    autoCommit: true,
  });
  await eventually(
    `end of run ${number}`,
    async () => {
      const [run] = await database.administrator<{ over: boolean }[]>`
        select state in ('committed', 'held', 'failed') as over from runs
        where institution_id = ${scene.institution.id} and number = ${number}`;
      return run?.over;
    },
    240_000,
  );
  const report = await scene.report(number);
  expect(report.deliveries).toHaveLength(DELIVERIES);
  expect(["committed", "held"], report.reason ?? "").toContain(report.state);

  const sizes = await database.administrator<{ fn: string; steps: number; bytes: number; output: number; loads: number }[]>`
    select j.fn_id as fn, count(s.*)::int as steps, coalesce(max(octet_length(s.result::text)), 0)::int as bytes,
      coalesce(max(octet_length(j.output::text)), 0)::int as output, (count(*) filter (where s.label like 'load:%'))::int as loads
    from durable.jobs j left join durable.steps s on s.run_id = j.id group by j.id, j.fn_id`;
  const longest = sizes.toSorted((a, b) => b.steps - a.steps)[0];
  process.stdout.write(`longest run: ${JSON.stringify(longest)}\n`);
  expect(longest?.fn).toBe("rollcall-prepare-run");
  expect(longest?.loads).toBeGreaterThanOrEqual(DELIVERIES);
  for (const { fn, steps, bytes, output } of sizes) {
    expect(steps, fn).toBeLessThanOrEqual(STEPS_MAX);
    expect(Math.max(bytes, output), fn).toBeLessThanOrEqual(BYTES_MAX);
  }

  const lines = text
    .trim()
    .split("\n")
    .map((line) => LogLine.parse(JSON.parse(line)));
  const steps = lines.filter(({ msg }) => msg === "durable steps done");
  expect(steps.length).toBeGreaterThan(DELIVERIES);
  // Those that the clock starts concern no institution.
  const scheduled = await database.administrator<{ fn_id: string }[]>`select distinct fn_id from durable.crons`;
  const byClock = new Set(scheduled.map(({ fn_id }) => fn_id));
  for (const line of [...steps, ...lines.filter(({ msg }) => msg === "durable run completed")]) {
    expect(line.run).toMatch(/^[0-9a-f-]{36}$/);
    if (!byClock.has(line.fn ?? "")) expect(line.institution).toBe(scene.institution.id);
  }
  const { slug, name, owner } = scene.institution;
  for (const secret of [CANARY, slug, name, owner.email, "school.example", "Okafor", "Maple Grove"]) {
    expect(text.toLowerCase(), secret).not.toContain(secret.toLowerCase());
  }
});
