import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { localFile, temporarySpool } from "@/server/cli/local-files";
import { onerosterCsv } from "@/server/sources/oneroster-csv";
import type { Reading } from "@/server/sources/source";
import { commit } from "@/server/sync/commit";
import { prepare } from "@/server/sync/prepare";
import { delta, district, type Files, file } from "../fixtures/district";
import { BAD_CASES, caseName } from "../fixtures/generate-bad";
import { memoryDelivery, NO_SETTINGS } from "../sources/in-memory";
import { createDatabase, type TestDatabase } from "../support/database";
import { createScene, type Scene } from "./scene";

// Each is a clean delivery, then a bad one.
vi.setConfig({ testTimeout: 120_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

const root = join(import.meta.dirname, "../fixtures/bad");
const jo = { sourcedId: "u4", username: "jo" };

/** The roster that stands before the bad file comes. */
function before(wish: Readonly<Record<string, unknown>>): Files {
  const after = (wish.after ?? {}) as { users?: number; dateLastModified?: string };
  if (after.dateLastModified !== undefined) {
    return Object.fromEntries(
      Object.entries(delta()).map(([name, text]) => [
        name,
        text.toString().replaceAll("2026-09-01T08:00:00Z", after.dateLastModified ?? ""),
      ]),
    );
  }
  if (after.users !== undefined) {
    const more = Array.from({ length: after.users - 3 }, (_, index) => ({ sourcedId: `x${index}`, username: `x${index}` }));
    return district({ "users.csv": file("users.csv", more) });
  }
  return wish.notArchived === undefined && wish.present === undefined ? district() : district({ "users.csv": file("users.csv", [jo]) });
}

async function badReading(name: string, args: readonly string[]): Promise<{ reading: Reading; done(): Promise<void> }> {
  const spool = await temporarySpool();
  const folder = join(root, name, "input");
  const files = await Promise.all((await readdir(folder)).map((each) => localFile(join(folder, each))));
  const modes: Record<string, "bulk"> = args.includes("--mode") ? { "*": "bulk" } : {};
  return { reading: await onerosterCsv.open({ packageName: null, files, spool }, { ...NO_SETTINGS, modes }), done: () => spool.remove() };
}

async function people(scene: Scene): Promise<Map<string, string>> {
  const rows = await scene.administrator<{ source_key: string; status: string }[]>`
    select v.source_key, v.status from user_versions v join environments e on e.id = v.environment_id
    where e.id = ${scene.environmentId} and v.from_seq <= e.head_seq and (v.to_seq is null or v.to_seq > e.head_seq)`;
  return new Map(rows.map((row) => [row.source_key, row.status]));
}

/** Keys that other parts answer for: matching by e-mail is not there yet, downloads are prefixed by the run's services. */
const ELSEWHERE = ["matchByEmail", "exportIsPrefixed"];
const HOLDS: Record<string, string> = { errors: "errors", archives: "archive", stale: "staleFile" };

test.each(
  BAD_CASES.filter((bad) => Object.keys(bad.afterSync ?? {}).some((key) => !ELSEWHERE.includes(key))).map(
    (bad) => [caseName(bad), bad] as const,
  ),
)("%s", async (name, bad) => {
  const wish = bad.afterSync ?? {};
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  const first = await scene.run({ feedId });
  const clean = await onerosterCsv.open(memoryDelivery(before(wish)), NO_SETTINGS);
  expect(await prepare(first, [clean])).toMatchObject({ state: "ready" });
  await commit(first, { selectionVersion: 0, accountId: null });
  const digest = await scene.digest();

  const run = await scene.run({ feedId, kind: "quick" });
  const { reading, done } = await badReading(name, bad.args ?? []);
  const prepared = await prepare(run, [reading]).finally(done);
  const [row] = await scene.administrator<{ state: string; counts: Record<string, Record<string, number>> }[]>`
    select state, counts from runs where id = ${run.runId}`;
  const seen: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(wish)) {
    if (key === "state") expect(row?.state).toBe(value);
    else if (key === "changes") expect({ above: await scene.above(), digest: await scene.digest() }).toEqual({ above: value, digest });
    else if (key === "rejected") expect(row?.counts.users?.rejected).toBe(value);
    else if (key === "hold") {
      expect(prepared).toMatchObject({ state: "held" });
      expect("verdict" in prepared ? prepared.verdict.reasons.map((reason) => reason.kind) : []).toContain(HOLDS[String(value)]);
    } else if (key === "issues") {
      const codes = await scene.administrator`select code from issues where run_id = ${run.runId}`;
      expect(codes.map((issue) => issue.code)).toEqual(expect.arrayContaining(value as string[]));
    } else seen[key] = value;
  }
  if (Object.keys(seen).length === 0) return;
  await scene.administrator`update runs set override = '[]' where id = ${run.runId}`;
  await commit(run, { selectionVersion: 0, accountId: null });
  const after = await people(scene);
  const all = JSON.stringify(
    await scene.administrator`select to_jsonb(v) as row from user_versions v where environment_id = ${scene.environmentId}`,
  );
  const keys = (value: unknown) => value as string[];
  for (const [key, value] of Object.entries(seen)) {
    if (key === "added" || key === "present" || key === "notArchived")
      for (const each of keys(value)) expect(after.get(each)).toBe("active");
    else if (key === "notAdded") for (const each of keys(value)) expect(after.has(each)).toBe(false);
    else if (key === "inactive") for (const each of keys(value)) expect(after.get(each)).toBe("inactive");
    else if (key === "archived") expect([...after.values()].filter((status) => status === "archived")).toHaveLength(Number(value));
    else if (key === "stored") for (const each of keys(value)) expect(all).toContain(each);
    else if (key === "notStored") for (const each of keys(value)) expect(all).not.toContain(each);
    else if (key === "question") {
      const files = await scene.administrator`select name from run_files where run_id = ${run.runId} and mode = 'undecided'`;
      expect(files.map((each) => each.name)).toEqual([value]);
    } else if (key !== "after" && !ELSEWHERE.includes(key)) throw new Error(`Nothing shows ${key}`);
  }
});
