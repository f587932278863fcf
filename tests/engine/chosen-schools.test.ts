import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { leaveOut } from "@/db/plan";
import type { Reading } from "@/server/sources/source";
import { commit } from "@/server/sync/commit";
import { prepare } from "@/server/sync/prepare";
import { createDatabase, type TestDatabase } from "../support/database";
import { createScene, type Line, memoryReader, reading, type Scene } from "./scene";

// Each test is a handful of whole syncs.
vi.setConfig({ testTimeout: 90_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

const org = (key: string, type = "school"): Line => ({ key, cells: { name: key, type } });
const user = (key: string, given = "Ann"): Line => ({
  key,
  cells: { given_name: given, family_name: key, enabled: "true", primary_role: "student", org_keys: "s1" },
});

async function plan(scene: Scene, of: { feedId: number; schools?: readonly string[]; delivery: Reading }) {
  const context = await scene.run(of);
  expect(await prepare(context, [of.delivery])).toMatchObject({ outcome: "prepared" });
  return context;
}

async function land(scene: Scene, of: Parameters<typeof plan>[1]): Promise<void> {
  const context = await plan(scene, of);
  await scene.administrator`update runs set override = '[]' where id = ${context.runId}`;
  await commit(context, { selectionVersion: 0, accountId: null });
}

test("a delta over chosen schools archives no district, no other school, no course", async () => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  const orgs = [org("d", "district"), org("s1"), org("s2")];
  const courses: Line[] = [{ key: "c1", cells: { title: "Art", org_key: "d" } }];
  await land(scene, { feedId, delivery: reading(memoryReader("orgs", orgs), memoryReader("courses", courses)) });
  const gone = (line: Line): Line => ({ ...line, status: "tobedeleted" });
  const delivery = reading(
    memoryReader("orgs", orgs.map(gone), { mode: "delta" }),
    memoryReader("courses", courses.map(gone), { mode: "delta" }),
  );
  await land(scene, { feedId, schools: ["s1"], delivery });
  const rows = await scene.administrator<{ key: string; status: string }[]>`
    select source_key as key, status from orgs where environment_id = ${scene.environmentId}
    union all select source_key, status from courses where environment_id = ${scene.environmentId} order by 1`;
  expect(rows.map(({ key, status }) => `${key} ${status}`)).toEqual(["c1 active", "d active", "s1 archived", "s2 active"]);
});

test("a change refused before and switched on again stays on in the plan that supersedes", async () => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  const delivery = (given: string) =>
    reading(memoryReader("orgs", [org("s1")]), memoryReader("users", [user("u1", given), user("u2", given)]));
  await land(scene, { feedId, delivery: delivery("Ann") });
  const leftOut = (runId: string) => scene.administrator`
    select source_key, cause, on_at is not null as "isOn" from left_out where run_id = ${runId} order by 1`;
  const refuse = async (runId: string) => {
    await scene.administrator`insert into choices (institution_id, run_id, version, scope, is_on, changed, account_id)
      values (${scene.institutionId}, ${runId}, 1, '{}', false, 1, ${scene.accountId})`;
  };
  const first = await plan(scene, { feedId, delivery: delivery("Bo") });
  await refuse(first.runId);
  await first.databases.engine.asTenant(scene.institutionId, async (tx) => {
    const { head_seq: head, bucket } = await scene.environment();
    await leaveOut(tx, { ...first, bucket, seq: head + 1 }, { entity: "users", rows: sql`true`, cause: "person", version: 1 });
  });
  const second = await plan(scene, { feedId, delivery: delivery("Bo") });
  expect(await leftOut(second.runId)).toMatchObject([
    { source_key: "u1", cause: "before", isOn: false },
    { source_key: "u2", cause: "before", isOn: false },
  ]);
  await refuse(second.runId);
  await scene.administrator`update left_out set on_at = 1 where run_id = ${second.runId} and source_key = 'u2'`;
  const third = await plan(scene, { feedId, delivery: delivery("Bo") });
  expect(await leftOut(third.runId)).toMatchObject([{ source_key: "u1", cause: "before", isOn: false }]);
});
