import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { leaveOut } from "@/db/plan";
import { commit } from "@/server/sync/commit";
import { createDatabase, type TestDatabase } from "../support/database";
import { createScene, type Line, memoryReader, reading } from "./scene";
import { bulk, codes, countsOf, land, people, plan, school, statuses, user } from "./turns";
import { planUndo, undo } from "./undoing";

vi.setConfig({ testTimeout: 90_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

test("an undo plans the inverse of every change, and leaves the roster as it was but for what had been added", async () => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  await land(scene, { feedId, readings: [bulk([...people(0, 40), user("x")])] });
  const before = await statuses(scene);
  const digest = await scene.digest();
  const counts = (await scene.environment()).counts;
  const bad = await land(scene, { feedId, readings: [bulk([...people(1, 39), user("x", { given: "Bo" }), user("new")])] });
  expect(await statuses(scene)).toMatchObject({ u0: "archived", u39: "archived", new: "active" });

  const { context, prepared } = await planUndo(scene, bad);
  expect(prepared).toMatchObject({ state: "ready" });
  expect((await countsOf(scene, context)).users).toMatchObject({ read: 0, add: 0, edit: 1, archive: 1, reactivate: 2 });
  await commit(context, { selectionVersion: 0, accountId: scene.accountId });
  expect(await statuses(scene)).toEqual({ ...before, new: "archived" });
  expect((await scene.environment()).counts).toEqual(counts);
  await scene.administrator`delete from user_versions where environment_id = ${scene.environmentId} and source_key = 'new'`;
  expect(await scene.digest()).toBe(digest);
});

test.each(["quick", "full"] as const)(
  "%s: what was undone is off when the same delivery comes again, and says who and when",
  async (kind) => {
    const scene = await createScene(database.administrator);
    const feedId = await scene.feed();
    await land(scene, { feedId, readings: [bulk([user("a"), user("b"), user("c")])] });
    // b goes, and comes back in the delivery that is undone: all four actions are there.
    await land(scene, { feedId, readings: [bulk([user("a"), user("c")])] });
    const delivery = () => [bulk([user("a", { given: "Bo" }), user("b"), user("new")])];
    const bad = await land(scene, { feedId, readings: delivery() });
    await undo(scene, bad);
    expect(await statuses(scene)).toEqual({ a: "active", b: "archived", c: "active", new: "archived" });

    const again = await plan(scene, { feedId, kind, readings: delivery() });
    const off = await scene.administrator`
    select source_key, action, cause, detail ->> 'by' as by from left_out where run_id = ${again.context.runId} order by source_key`;
    expect(off).toEqual([
      { source_key: "a", action: "edit", cause: "before", by: "Dana" },
      { source_key: "b", action: "reactivate", cause: "before", by: "Dana" },
      { source_key: "c", action: "archive", cause: "before", by: "Dana" },
      { source_key: "new", action: "reactivate", cause: "before", by: "Dana" },
    ]);
    const { users } = await countsOf(scene, again.context);
    expect(users).toMatchObject({ edit: 1, reactivate: 2, archive: 1 });
    // Another value is a new change, and on.
    const other = await plan(scene, { feedId, kind, readings: [bulk([user("a", { given: "Cy" }), user("c")])] });
    expect(await scene.administrator`select 1 from left_out where run_id = ${other.context.runId}`).toHaveLength(0);
    await commit(other.context, { selectionVersion: 0, accountId: null });
  },
);

test("rows changed since are listed and left: of 95 changes 3 collide, 92 turn back and come again as off", async () => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  await land(scene, { feedId, readings: [bulk(people(0, 200))] });
  const delivery = () => bulk([...people(0, 95, "Bo"), ...people(95, 200)]);
  const c = await land(scene, { feedId, readings: [delivery()] });
  await land(scene, { feedId, readings: [bulk([...people(0, 3, "Cy"), ...people(3, 95, "Bo"), ...people(95, 200)])] });

  const { context, prepared } = await planUndo(scene, c);
  expect(prepared).toMatchObject({ state: "ready" });
  expect((await countsOf(scene, context)).users).toMatchObject({ edit: 92 });
  expect(await codes(scene, context)).toEqual(["CHANGED_SINCE 3"]);
  await commit(context, { selectionVersion: 0, accountId: scene.accountId });
  const names = await scene.administrator`
    select given_name as name, count(*)::int as n from users where environment_id = ${scene.environmentId} group by 1 order by 1`;
  expect(names).toEqual([
    { name: "Ann", n: 197 },
    { name: "Cy", n: 3 },
  ]);
  const again = await plan(scene, { feedId, kind: "quick", readings: [delivery()] });
  const off = await scene.administrator`select source_key from left_out where run_id = ${again.context.runId} and cause = 'before'`;
  expect(off).toHaveLength(92);
  expect((await countsOf(scene, again.context)).users).toMatchObject({ edit: 95 });
});

test("what was added and is named since stays, and what would name a record that went since is left", async () => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  const course = (key: string): Line => ({ key, cells: { title: key, org_key: "s1" } });
  const clazz = (key: string, courseKey: string): Line => ({
    key,
    cells: { title: key, type: "scheduled", course_key: courseKey, school_key: "s1" },
  });
  const of = (courses: Line[], classes: Line[]) =>
    reading(memoryReader("orgs", [school("s1")]), memoryReader("courses", courses), memoryReader("classes", classes));
  await land(scene, { feedId, readings: [of([course("old")], [clazz("k1", "old")])] });
  const bad = await land(scene, { feedId, readings: [of([course("old"), course("new")], [clazz("k1", "new")])] });
  await land(scene, { feedId, readings: [of([course("new")], [clazz("k1", "new"), clazz("k2", "new")])] });
  const { context } = await planUndo(scene, bad);
  expect(await codes(scene, context)).toEqual(["CHANGED_SINCE 1"]);
  expect((await countsOf(scene, context)).classes).toMatchObject({ edit: 0 });
  const off = await scene.administrator`select entity, source_key, cause from left_out where run_id = ${context.runId}`;
  expect(off).toEqual([{ entity: "courses", source_key: "new", cause: "named" }]);
});

test("a waiting plan is set aside for an undo, and an undo that waits is given up for a newer run", async () => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  await land(scene, { feedId, readings: [bulk(people(0, 30))] });
  const bad = await land(scene, { feedId, readings: [bulk([...people(0, 29), user("u29", { given: "Bo" })])] });
  const waiting = await plan(scene, { feedId, readings: [bulk(people(0, 31))] });
  const { context, opening } = await planUndo(scene, bad);
  expect(opening).toMatchObject({ outcome: "opened", setAside: waiting.context.runId, superseded: null });
  // A change that somebody keeps from being undone is no refusal of what the feed brings.
  const { head_seq: head, bucket } = await scene.environment();
  await context.databases.engine.asTenant(scene.institutionId, (tx) =>
    leaveOut(tx, { ...context, bucket, seq: head + 1 }, { entity: "users", rows: sql`true`, cause: "person", version: 1 }),
  );
  await plan(scene, { feedId, readings: [bulk(people(0, 31))] });
  const [given] = await scene.administrator`select state, reason from runs where id = ${context.runId}`;
  expect(given).toMatchObject({ state: "superseded" });
  expect(await scene.administrator`select 1 from refusals where environment_id = ${scene.environmentId}`).toHaveLength(0);
});

test("an undo is undone", async () => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  await land(scene, { feedId, readings: [bulk(people(0, 30))] });
  const good = await land(scene, { feedId, readings: [bulk([...people(1, 30), user("u29b"), user("new")])] });
  const digest = await scene.digest();
  await undo(scene, await undo(scene, good));
  expect(await scene.digest()).toBe(digest);
  expect(await scene.above()).toBe(0);
});

test("what an undone undo brought back or took away is no refusal: who leaves or returns afterwards does so by itself", async () => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  await land(scene, { feedId, readings: [bulk(people(0, 30))] });
  const good = await land(scene, { feedId, readings: [bulk([...people(1, 30), user("new")])] });
  const redone = await undo(scene, await undo(scene, good));
  expect(await scene.administrator`select 1 from refusals where environment_id = ${scene.environmentId}`).toHaveLength(0);
  // Taken back once more, it is off once more.
  const undone = await undo(scene, redone);
  const returned = await plan(scene, { feedId, readings: [bulk([...people(1, 30), user("new")])] });
  const off = await scene.administrator`select source_key, cause from left_out where run_id = ${returned.context.runId} order by 1`;
  expect(off.map(({ source_key: key, cause }) => `${key} ${cause}`)).toEqual(["new before", "u0 before"]);
  await undo(scene, undone);
  // Who had come leaves, and who had gone comes back as they were.
  const { context } = await plan(scene, { feedId, readings: [bulk(people(0, 30))] });
  expect((await countsOf(scene, context)).users).toMatchObject({ archive: 1, reactivate: 1 });
  expect(await scene.administrator`select source_key from left_out where run_id = ${context.runId}`).toEqual([]);
});

test("an older delivery than the undone one is no longer yesterday's", async () => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  await land(scene, { feedId, readings: [bulk([user("u1", { modifiedAt: "2026-09-01T00:00:00Z" })])] });
  const bad = await land(scene, { feedId, readings: [bulk([user("u1", { modifiedAt: "2026-12-02T00:00:00Z", given: "Bad" })])] });
  await undo(scene, bad);
  const { prepared } = await plan(scene, { feedId, readings: [bulk([user("u1", { modifiedAt: "2026-09-03T00:00:00Z", given: "Bo" })])] });
  expect(prepared).toMatchObject({ state: "ready" });
});
