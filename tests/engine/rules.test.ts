import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { closeSet } from "@/server/sync/open-set";
import { createDatabase, type TestDatabase } from "../support/database";
import { createScene, type Line, memoryReader, reading } from "./scene";
import { bulk, codes, countsOf, delta, land, plan, school, statuses, user } from "./turns";

// Each test is a handful of whole syncs.
vi.setConfig({ testTimeout: 90_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

describe("deltas", () => {
  test("list changes: what they do not name stays, tobedeleted is archived, an older row is ignored", async () => {
    const scene = await createScene(database.administrator);
    const feedId = await scene.feed();
    await land(scene, { feedId, readings: [bulk([user("u1", { modifiedAt: "2026-09-02T00:00:00Z" }), user("u2"), user("u3")])] });
    const context = await land(scene, {
      feedId,
      readings: [
        delta([
          user("u1", { given: "Old", modifiedAt: "2026-09-01T00:00:00Z" }),
          user("u2", { status: "tobedeleted" }),
          user("u9", { status: "tobedeleted" }),
        ]),
      ],
    });
    expect(await statuses(scene)).toEqual({ u1: "active", u2: "archived", u3: "active" });
    expect((await countsOf(scene, context)).users).toMatchObject({ read: 3, archive: 1, absent: 0, ignored: 2, edit: 0 });
    expect(await codes(scene, context)).toEqual(["STALE_FILE 1", "STALE_ROW 1"]);
  });

  test("two deltas in one run leave what committing one after the other would", async () => {
    const first = [user("u1", { given: "One" }), user("u2", { given: "One" })];
    const second = [user("u2", { given: "Two" }), user("u3", { status: "tobedeleted" })];
    const digests: string[] = [];
    for (const turns of [[[delta(first), delta(second)]], [[delta(first)], [delta(second)]]]) {
      const scene = await createScene(database.administrator);
      const feedId = await scene.feed();
      await land(scene, { feedId, readings: [bulk([user("u1"), user("u2"), user("u3")])] });
      for (const readings of turns) await land(scene, { feedId, readings });
      const rows =
        await scene.administrator`select source_key, given_name, status from users where environment_id = ${scene.environmentId} order by 1`;
      digests.push(JSON.stringify(rows));
    }
    expect(digests[0]).toBe(digests[1]);
    expect(digests[0]).toContain('"given_name":"Two"');
  });

  test.each(["full", "quick"] as const)(
    "a full list with deltas after it in one %s run leaves what committing one after the other would",
    async (kind) => {
      const list = bulk([user("u1"), user("u2", { given: "New" })]);
      const changes = delta([user("u4", { given: "Back" }), user("u5"), user("u2", { status: "tobedeleted" })]);
      for (const turns of [[[list, changes]], [[list], [changes]]]) {
        const scene = await createScene(database.administrator);
        const feedId = await scene.feed();
        await land(scene, { feedId, readings: [bulk([user("u1"), user("u2"), user("u3"), user("u4")])] });
        for (const readings of turns) await land(scene, { feedId, kind, readings });
        expect(await statuses(scene)).toEqual({ u1: "active", u2: "archived", u3: "archived", u4: "active", u5: "active" });
      }
    },
  );

  test("a row without a key in a delta keeps the full list before it from archiving anybody", async () => {
    const scene = await createScene(database.administrator);
    const feedId = await scene.feed();
    await land(scene, { feedId, readings: [bulk([user("u1"), user("u2")])] });
    await land(scene, { feedId, readings: [bulk([user("u1")]), delta([{ key: null, valid: false }])] });
    expect(await statuses(scene)).toEqual({ u1: "active", u2: "active" });
  });

  test("a column that the file lacks changes nothing", async () => {
    const scene = await createScene(database.administrator);
    const feedId = await scene.feed();
    await land(scene, { feedId, readings: [bulk([user("u1")])] });
    const narrow = memoryReader("users", [{ key: "u1", cells: { given_name: "Bo" } }], { mode: "delta", columns: ["given_name"] });
    await land(scene, { feedId, readings: [reading(narrow)] });
    const [row] =
      await scene.administrator`select given_name, family_name, org_keys, status from users where environment_id = ${scene.environmentId}`;
    expect(row).toEqual({ given_name: "Bo", family_name: "u1", org_keys: "s1", status: "active" });
  });
});

test("a file that cannot make a record tells only of those that are there", async () => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  await land(scene, { feedId, readings: [bulk([user("u1")])] });
  const roles = memoryReader(
    "users",
    [
      { key: "u1", cells: { org_roles: '[{"key":"r1","role":"aide"}]' } },
      { key: "u9", cells: { org_roles: '[{"key":"r9","role":"aide"}]' } },
    ],
    { mode: "delta", columns: ["org_roles"], merged: ["org_roles"] },
  );
  const context = await land(scene, { feedId, readings: [reading(roles)] });
  expect((await countsOf(scene, context)).users).toMatchObject({ read: 2, edit: 1, rejected: 1, add: 0 });
  const more = memoryReader("users", [{ key: "u1", cells: { org_roles: '[{"key":"r1","deleted":true},{"key":"r2","role":"student"}]' } }], {
    mode: "delta",
    columns: ["org_roles"],
    merged: ["org_roles"],
  });
  await land(scene, { feedId, readings: [reading(more)] });
  const [row] = await scene.administrator`select org_roles, given_name from users where environment_id = ${scene.environmentId}`;
  expect(row).toEqual({ org_roles: '[{"key":"r2","role":"student"}]', given_name: "Ann" });
});

test("a large first plan that was discarded leaves room for the next, and duplicates in it are found by its key", async () => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  const large = () => {
    const whole = bulk([user("u1"), user("u2"), user("u2", { given: "Bo" }), user("u3"), user("u3")]);
    return { ...whole, readers: whole.readers.map((each) => ({ ...each, bytes: 16 * 1024 * 1024 })) };
  };
  const { context } = await plan(scene, { feedId, readings: [large()] });
  expect((await scene.environment()).bucket).toBe(1000 + scene.environmentId);
  await closeSet(context, { state: "discarded", reason: "by a person" });
  expect(await scene.above()).toBe(0);
  const landed = await land(scene, { feedId, readings: [large()] });
  expect(await statuses(scene)).toEqual({ u1: "active", u3: "active" });
  expect((await countsOf(scene, landed)).users).toMatchObject({ read: 5, add: 2, rejected: 2, ignored: 1 });
  expect(await codes(scene, landed)).toEqual(["DUPLICATE_ID 2", "DUPLICATE_ROW 1"]);
  await land(scene, { feedId, kind: "quick", readings: [bulk([user("u1"), user("u4")])] });
  expect(await statuses(scene)).toEqual({ u1: "active", u3: "archived", u4: "active" });
});

describe("absence", () => {
  test.each(["quick", "full"] as const)("%s: a row in error counts as present, and one without a key keeps everybody", async (kind) => {
    const scene = await createScene(database.administrator);
    const feedId = await scene.feed();
    await land(scene, { feedId, readings: [bulk([user("u1"), user("u2"), user("u3")])] });
    await land(scene, { feedId, kind, readings: [bulk([user("u1"), user("u2", { valid: false })])] });
    expect(await statuses(scene)).toEqual({ u1: "active", u2: "active", u3: "archived" });
    await land(scene, { feedId, kind, readings: [bulk([user("u2"), { key: null, valid: false }])] });
    expect(await statuses(scene)).toMatchObject({ u1: "active", u2: "active" });
  });

  test("a run over chosen schools archives only who is in no other, and no district", async () => {
    const scene = await createScene(database.administrator);
    const feedId = await scene.feed();
    const orgs = [school("d", "district"), school("s1"), school("s2")];
    await land(scene, { feedId, readings: [bulk([user("a"), user("b", { orgs: "s1,s2" }), user("c", { orgs: "s2" })], orgs)] });
    const context = await land(scene, {
      feedId,
      schools: ["s1"],
      readings: [bulk([user("n", { orgs: "s2" })], [school("s1"), school("s2")])],
    });
    expect(await statuses(scene)).toEqual({ a: "archived", b: "active", c: "active" });
    expect((await countsOf(scene, context)).users).toMatchObject({ ignored: 1, archive: 1 });
    expect((await countsOf(scene, context)).orgs).toMatchObject({ archive: 0 });
  });

  test("a feed archives only what it brought", async () => {
    const scene = await createScene(database.administrator);
    const [one, two] = [await scene.feed(), await scene.feed()];
    await land(scene, { feedId: one, readings: [bulk([user("u1"), user("u2")])] });
    await land(scene, { feedId: two, readings: [bulk([user("u2")])] });
    await land(scene, { feedId: two, readings: [bulk([])] });
    const rows =
      await scene.administrator`select source_key, feed_id, status, sourced_id is null as own from users where environment_id = ${scene.environmentId} order by feed_id, source_key`;
    expect(rows.map((row) => `${row.source_key} ${row.feed_id === one ? "one" : "two"} ${row.status} ${row.own}`)).toEqual([
      "u1 one active true",
      "u2 one active true",
      "u2 two archived false",
    ]);
  });
});

describe("duplicates", () => {
  test.each(["quick", "full"] as const)(
    "%s: the same id with other data applies to nobody, the same row again is read once",
    async (kind) => {
      const scene = await createScene(database.administrator);
      const feedId = await scene.feed();
      await land(scene, { feedId, readings: [bulk([user("u1"), user("u2"), user("u3")])] });
      const context = await land(scene, {
        feedId,
        kind,
        readings: [bulk([user("u1"), user("u1", { given: "Bo" }), user("u2"), user("u2"), user("u3", { given: "Cy" })])],
      });
      const rows =
        await scene.administrator`select source_key, given_name, status from users where environment_id = ${scene.environmentId} order by 1`;
      expect(rows.map((row) => `${row.source_key} ${row.given_name} ${row.status}`)).toEqual([
        "u1 Ann active",
        "u2 Ann active",
        "u3 Cy active",
      ]);
      expect((await countsOf(scene, context)).users).toMatchObject({ read: 5, rejected: 2, ignored: 1, edit: 1, unchanged: 1 });
    },
  );
});

describe("references", () => {
  test("a missing one leaves the row out, a wrong type too, a missing agent costs only the mention", async () => {
    const scene = await createScene(database.administrator);
    const feedId = await scene.feed();
    const klass = (key: string, at: string): Line => ({ key, cells: { title: key, type: "scheduled", school_key: at } });
    const withAgent = { ...user("u1"), cells: { ...user("u1").cells, agent_keys: "nobody" } };
    const context = await land(scene, {
      feedId,
      readings: [
        reading(
          memoryReader("orgs", [school("d", "district"), school("s1")]),
          memoryReader("classes", [klass("k1", "s1"), klass("k2", "d"), klass("k3", "S1")]),
          memoryReader("users", [withAgent]),
        ),
      ],
    });
    expect((await countsOf(scene, context)).classes).toMatchObject({ read: 3, add: 1, rejected: 2 });
    expect(await codes(scene, context)).toEqual(["ID_NEAR_MISS 1", "REF_MISSING 1", "REF_UNVERIFIED 1", "REF_WRONG_TYPE 1"]);
    expect(await statuses(scene)).toEqual({ u1: "active" });
  });

  test("a change from the future, as a wrong clock or a slip of the pen writes it, makes no later delivery an old one", async () => {
    const scene = await createScene(database.administrator);
    const feedId = await scene.feed();
    await land(scene, { feedId, readings: [bulk([user("u1"), user("u2")])] });
    await land(scene, { feedId, readings: [delta([user("u1", { given: "Bea", modifiedAt: "2206-10-01T00:00:00Z" })])] });
    const later = await plan(scene, {
      feedId,
      readings: [
        delta([user("u1", { given: "Cam", modifiedAt: new Date().toISOString() }), user("u2", { modifiedAt: new Date().toISOString() })]),
      ],
    });
    expect(later.prepared).toMatchObject({ outcome: "prepared", state: "ready", verdict: { reasons: [] } });
    expect(await codes(scene, later.context)).toEqual([]);
    expect((await countsOf(scene, later.context)).users).toMatchObject({ edit: 1, unchanged: 1, ignored: 0 });
  });

  test("parents in a circle refuse the delivery", async () => {
    const scene = await createScene(database.administrator);
    const feedId = await scene.feed();
    const org = (key: string, parent: string): Line => ({ key, cells: { name: key, type: "school", parent_key: parent } });
    const { prepared } = await plan(scene, { feedId, readings: [reading(memoryReader("orgs", [org("a", "b"), org("b", "a")]))] });
    expect(prepared).toMatchObject({ outcome: "failed", reason: expect.stringContaining("→") });
    expect(await scene.above()).toBe(0);
  });
});
