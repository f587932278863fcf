import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { RunKind } from "@/server/roster/run";
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

const org = (key: string, name = key): Line => ({ key, cells: { name, type: "school" } });
const session = (key: string): Line => ({
  key,
  cells: { title: key, type: "term", start_date: "2026-08-01", end_date: "2999-06-01", school_year: "2999" },
});
const course = (key: string): Line => ({ key, cells: { title: key, org_key: "s1" } });
const klass = (key: string, courseKey = "c1"): Line => ({
  key,
  cells: { title: key, type: "scheduled", course_key: courseKey, school_key: "s1", term_keys: "t1" },
});
const user = (key: string, more: Record<string, string> = {}): Line => ({
  key,
  cells: { given_name: "Ann", family_name: key, enabled: "true", primary_role: "student", org_keys: "s1", ...more },
});
const enrollment = (key: string, classKey: string, userKey: string): Line => ({
  key,
  cells: { class_key: classKey, user_key: userKey, school_key: "s1", role: "student" },
});

const roster = (of: { users?: Line[]; classes?: Line[]; enrollments?: Line[]; courses?: Line[] } = {}) =>
  reading(
    memoryReader("orgs", [org("s1")]),
    memoryReader("academicSessions", [session("t1")]),
    memoryReader("courses", of.courses ?? [course("c1")]),
    memoryReader("classes", of.classes ?? [klass("k1"), klass("k2")]),
    memoryReader("users", of.users ?? [user("u1"), user("u2", { agent_keys: "p1" }), user("p1", { primary_role: "parent" })]),
    memoryReader("enrollments", of.enrollments ?? [enrollment("e1", "k1", "u1"), enrollment("e2", "k2", "u2")]),
  );

async function counts(scene: Scene, runId: string, entity: string): Promise<Record<string, number>> {
  const [row] = await scene.administrator<
    { counts: Record<string, Record<string, number>> }[]
  >`select counts from runs where id = ${runId}`;
  return row?.counts[entity] ?? {};
}

async function commitAll(scene: Scene, feedId: number, [delivery, kind = "full"]: [Reading, RunKind?]) {
  const context = await scene.run({ feedId, kind });
  const prepared = await prepare(context, [delivery]);
  expect(prepared).toMatchObject({ outcome: "prepared" });
  await scene.administrator`update runs set override = '{}' where id = ${context.runId}`;
  const committed = await commit(context, { selectionVersion: 0, accountId: scene.accountId });
  expect(committed.outcome).toBe("committed");
  return context;
}

test("a first delivery becomes the roster, and the same one again changes nothing", async () => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  const first = await commitAll(scene, feedId, [roster()]);
  expect(await counts(scene, first.runId, "users")).toMatchObject({ read: 3, add: 3, unchanged: 0 });
  expect(await counts(scene, first.runId, "relationships")).toMatchObject({ read: 0, add: 1 });
  expect((await scene.environment()).counts).toMatchObject({ orgs: 1, schools: 1, users: 3, students: 2, classes: 2, enrollments: 2 });
  const digest = await scene.digest();
  for (const kind of ["quick", "full"] as const) {
    const again = await commitAll(scene, feedId, [roster(), kind]);
    expect(await counts(scene, again.runId, "users")).toMatchObject({ read: 3, add: 0, edit: 0, unchanged: 3, archive: 0 });
    expect(await scene.digest()).toBe(digest);
  }
  expect(await scene.above()).toBe(0);
});

test.each(["quick", "full"] as const)("%s: edits, adds, absences and returns are told apart", async (kind) => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  await commitAll(scene, feedId, [roster()]);
  const second = await commitAll(scene, feedId, [
    roster({
      users: [user("u1", { given_name: "Anna" }), user("p1", { primary_role: "parent" }), user("u3")],
      enrollments: [enrollment("e1", "k1", "u1"), enrollment("e3", "k1", "u3")],
    }),
    kind,
  ]);
  expect(await counts(scene, second.runId, "users")).toMatchObject({ read: 3, add: 1, edit: 1, unchanged: 1, archive: 1, absent: 1 });
  expect(await counts(scene, second.runId, "enrollments")).toMatchObject({ read: 2, add: 1, archive: 1, unchanged: 1 });
  expect(await counts(scene, second.runId, "relationships")).toMatchObject({ archive: 1 });
  const third = await commitAll(scene, feedId, [roster(), kind]);
  expect(await counts(scene, third.runId, "users")).toMatchObject({ edit: 1, reactivate: 1, archive: 1, unchanged: 1 });
  expect(await counts(scene, third.runId, "relationships")).toMatchObject({ reactivate: 1 });
});

test.each(["quick", "full"] as const)("%s: a record that rows still name is not archived", async (kind) => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  await commitAll(scene, feedId, [roster()]);
  const context = await commitAll(scene, feedId, [roster({ courses: [course("c9")] }), kind]);
  expect(await counts(scene, context.runId, "courses")).toMatchObject({ add: 1, archive: 0 });
  const [left] = await scene.administrator`select entity, source_key, cause, detail from left_out where run_id = ${context.runId}`;
  expect(left).toMatchObject({ entity: "courses", source_key: "c1", cause: "named", detail: { entity: "classes", count: 2 } });
});
