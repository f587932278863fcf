import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { leaveOut } from "@/db/plan";
import { followChoices } from "@/db/plan-follows";
import { commit } from "@/server/sync/commit";
import type { SyncContext } from "@/server/sync/context";
import { weighSnapshot } from "@/server/sync/promote-difference";
import { createDatabase, type TestDatabase } from "../support/database";
import { freeze, promoteTo } from "./promoting";
import { createScene, type Scene } from "./scene";
import { bulk, countsOf, land, people, plan, school, statuses, user } from "./turns";
import { undo } from "./undoing";

vi.setConfig({ testTimeout: 90_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

async function scenes() {
  const preview = await createScene(database.administrator);
  return { preview, production: await preview.production(), feedId: await preview.feed() };
}

async function refuse(scene: Scene, context: SyncContext, key: string): Promise<void> {
  const { head_seq: head, bucket } = await scene.environment();
  const at = { ...context, bucket, seq: head + 1 };
  await context.databases.engine.asTenant(scene.institutionId, async (tx) => {
    await leaveOut(tx, at, { entity: "users", rows: sql`v.source_key = ${key}`, cause: "person", version: 1 });
    await followChoices(tx, at, 1);
    await tx.execute(sql`update runs set selection_version = 1 where id = ${context.runId}`);
  });
}

test("an empty Production becomes exactly the frozen snapshot, archived records and sourcedIds included", async () => {
  const { preview, production, feedId } = await scenes();
  await land(preview, { feedId, readings: [bulk([...people(0, 20), user("an id!"), user("gone")])] });
  await land(preview, { feedId, readings: [bulk([...people(0, 20, "Bo"), user("an id!")])] });
  const digest = await preview.digest();
  const counts = (await preview.environment()).counts;
  const snapshot = await freeze(preview);
  // What Preview commits afterwards is not promoted.
  await land(preview, { feedId, readings: [bulk(people(5, 20, "Cy"))] });
  const context = await promoteTo(production, { feedId, snapshot });
  expect(await production.digest()).toBe(digest);
  expect((await production.environment()).counts).toEqual(counts);
  expect((await countsOf(production, context)).users).toMatchObject({ read: 0, add: 22, archive: 0 });
  expect(await production.above()).toBe(0);
});

test("what is in Production already is compared: edits, returns and archives, and the rest is not touched", async () => {
  const { preview, production, feedId } = await scenes();
  await land(preview, { feedId, readings: [bulk([user("a"), user("b"), user("c"), user("d")])] });
  await promoteTo(production, { feedId, snapshot: await freeze(preview) });
  // Production goes its own way: c goes, e comes.
  await land(production, { feedId, readings: [bulk([user("a"), user("b"), user("d"), user("e")])] });
  await land(preview, { feedId, readings: [bulk([user("a"), user("b", { given: "Bo" }), user("c")])] });
  const snapshot = await freeze(preview);
  const { bucket, head_seq: headSeq } = await production.environment();
  const { engine } = (await production.run({ feedId })).databases;
  const weighed = await engine.asTenant(preview.institutionId, (tx) =>
    weighSnapshot(tx, {
      institutionId: preview.institutionId,
      snapshot,
      production: { environmentId: production.environmentId, bucket, headSeq },
    }),
  );
  const students = weighed.difference.find((line) => line.part === "students");
  expect(students).toEqual({
    entity: "users",
    part: "students",
    preview: 3,
    production: 4,
    archive: 2,
    add: 0,
    edit: 1,
    reactivate: 1,
    along: 0,
  });
  expect(weighed.checks).toEqual({ people: 3, withoutSignIn: 3, teachersWithoutEmail: 0, sharedEmails: 0, schoolsWithoutTeachers: 2 });
  const context = await promoteTo(production, { feedId, snapshot });
  expect(await statuses(production)).toEqual({ a: "active", b: "active", c: "active", d: "archived", e: "archived" });
  expect((await countsOf(production, context)).users).toMatchObject({ archive: 2, edit: 1, reactivate: 1, add: 0 });
  const [untouched] = await production.administrator`
    select from_seq from users where environment_id = ${production.environmentId} and source_key = 'a'`;
  expect(untouched).toEqual({ from_seq: 1 });
});

test.each(["quick", "full"] as const)(
  "%s: the delivery of the snapshot changes nothing in Production, and refusals hold there",
  async (kind) => {
    const { preview, production, feedId } = await scenes();
    await land(preview, { feedId, readings: [bulk([user("a"), user("b")])] });
    const delivery = () => [bulk([user("a", { given: "Bo" }), user("b"), user("new")])];
    const committed = await plan(preview, { feedId, readings: delivery() });
    await refuse(preview, committed.context, "new");
    await commit(committed.context, { selectionVersion: 1, accountId: null });
    // A plan waits in Preview, of which something is left out as well.
    const drift = () => [bulk([user("a", { given: "Bo" }), user("b", { given: "Bo" }), user("new"), user("later")])];
    const waiting = await plan(preview, { feedId, kind, readings: drift() });
    await refuse(preview, waiting.context, "b");
    await promoteTo(production, { feedId, snapshot: await freeze(preview) });

    const same = await plan(production, { feedId, kind, readings: delivery() });
    expect((await countsOf(production, same.context)).users).toMatchObject({ add: 1, edit: 0, archive: 0, reactivate: 0 });
    const off = (run: string) => production.administrator`
    select source_key, action, cause from left_out where run_id = ${run} and entity = 'users' and on_at is null order by source_key`;
    expect(await off(same.context.runId)).toEqual([{ source_key: "new", action: "add", cause: "before" }]);
    const drifted = await plan(production, { feedId, kind, readings: drift() });
    expect(await off(drifted.context.runId)).toEqual([
      { source_key: "b", action: "edit", cause: "before" },
      { source_key: "new", action: "add", cause: "before" },
    ]);
  },
);

test("two feeds go over in one commit, and its undo empties Production without erasing anybody", async () => {
  const { preview, production, feedId } = await scenes();
  const other = await preview.feed();
  await land(preview, { feedId, readings: [bulk([user("a"), user("b")])] });
  await land(preview, { feedId: other, readings: [bulk([user("a", { given: "Twin" }), user("z")], [school("s1"), school("s9")])] });
  const context = await promoteTo(production, { feedId, snapshot: await freeze(preview) });
  expect(await production.digest()).toBe(await preview.digest());
  expect((await production.environment()).head_seq).toBe(1);
  await undo(production, context);
  const left = await production.administrator`
    select distinct status from users where environment_id = ${production.environmentId}`;
  expect(left).toEqual([{ status: "archived" }]);
  expect((await production.environment()).counts).toMatchObject({ users: 0, orgs: 0 });
  // And the road is open again.
  await promoteTo(production, { feedId, snapshot: await freeze(preview) });
  expect(await production.digest()).toBe(await preview.digest());
});

test("what one feed's rows still name stays when a promotion is undone, also where the other feed's rows of the same keys go", async () => {
  const { preview, production, feedId } = await scenes();
  const other = await preview.feed();
  for (const feed of [feedId, other]) await land(preview, { feedId: feed, readings: [bulk([user("a")], [school("s1")])] });
  const context = await promoteTo(production, { feedId, snapshot: await freeze(preview) });
  await land(production, { feedId: other, readings: [bulk([user("a", { given: "New" })], [school("s1")])] });
  await undo(production, context);
  const left = await production.administrator`
    select u.status, o.status as school from users u join orgs o on o.environment_id = u.environment_id and o.feed_id = u.feed_id
    where u.environment_id = ${production.environmentId} and u.feed_id = ${other} and o.source_key = 's1'`;
  expect(left).toEqual([{ status: "active", school: "active" }]);
});

test("an undone promotion gives a record its old values back, also where the other feed's record of the key that it names goes", async () => {
  const { preview, production, feedId } = await scenes();
  const other = await preview.feed();
  await land(preview, { feedId, readings: [bulk([user("a")], [school("s1")])] });
  await land(preview, { feedId: other, readings: [bulk([user("x", { given: "Old" }), user("y")], [school("s1"), school("s9")])] });
  await promoteTo(production, { feedId, snapshot: await freeze(preview) });
  await land(preview, { feedId, readings: [bulk([user("a")], [school("s1"), school("s9")])] });
  await land(preview, {
    feedId: other,
    readings: [bulk([user("x", { given: "New", orgs: "s9" }), user("y")], [school("s1"), school("s9")])],
  });
  await land(production, {
    feedId: other,
    readings: [bulk([user("x", { given: "Old", orgs: "s9" }), user("y")], [school("s1"), school("s9")])],
  });
  const context = await promoteTo(production, { feedId, snapshot: await freeze(preview) });
  await land(production, { feedId, readings: [bulk([user("a"), user("b")], [school("s1"), school("s9")])] });
  const turned = await undo(production, context);
  expect((await countsOf(production, turned)).users).toMatchObject({ edit: 1 });
  const [x] = await production.administrator`
    select given_name from users where environment_id = ${production.environmentId} and source_key = 'x'`;
  expect(x?.given_name).toBe("Old");
});

test("a large snapshot lands in partitions of Production's own", async () => {
  const { preview, production, feedId } = await scenes();
  await database.administrator`update environments set bucket = ${1000 + preview.environmentId} where id = ${preview.environmentId}`;
  await land(preview, { feedId, kind: "full", readings: [bulk(people(0, 300))] });
  await land(preview, { feedId, kind: "quick", readings: [bulk(people(1, 300, "Bo"))] });
  await promoteTo(production, { feedId, snapshot: await freeze(preview) });
  expect((await production.environment()).bucket).toBe(1000 + production.environmentId);
  expect(await production.digest()).toBe(await preview.digest());
  const again = await plan(production, { feedId, kind: "quick", readings: [bulk(people(1, 300, "Bo"))] });
  expect((await countsOf(production, again.context)).users).toMatchObject({ read: 299, unchanged: 299 });
});
