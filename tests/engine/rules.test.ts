import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { followChoices, leaveOut } from "@/db/plan";
import type { RunKind } from "@/server/roster/run";
import { onerosterCsv } from "@/server/sources/oneroster-csv";
import type { Reading } from "@/server/sources/source";
import { commit } from "@/server/sync/commit";
import type { SyncContext } from "@/server/sync/context";
import { closeSet, openSet } from "@/server/sync/open-set";
import { prepare } from "@/server/sync/prepare";
import { memoryDelivery, NO_SETTINGS } from "../sources/in-memory";
import { createDatabase, type TestDatabase } from "../support/database";
import { createScene, type Line, memoryReader, reading, type Scene } from "./scene";

// Each test is a handful of whole syncs.
vi.setConfig({ testTimeout: 90_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

const school = (key: string, type = "school"): Line => ({ key, cells: { name: key, type } });
const user = (key: string, more: Partial<Line> & { given?: string; orgs?: string } = {}): Line => {
  const { given = "Ann", orgs = "s1", ...line } = more;
  return { key, cells: { given_name: given, family_name: key, enabled: "true", primary_role: "student", org_keys: orgs }, ...line };
};
const people = (from: number, to: number, given = "Ann") =>
  Array.from({ length: to - from }, (_, index) => user(`u${from + index}`, { given }));

const bulk = (users: readonly Line[], orgs: readonly Line[] = [school("s1"), school("s2")]) =>
  reading(memoryReader("orgs", orgs), memoryReader("users", users));
const delta = (users: readonly Line[]) => reading(memoryReader("users", users, { mode: "delta" }));

async function plan(scene: Scene, of: { feedId: number; kind?: RunKind; schools?: readonly string[]; readings: readonly Reading[] }) {
  const context = await scene.run(of);
  const prepared = await prepare(context, of.readings);
  return { context, prepared };
}

async function land(scene: Scene, of: Parameters<typeof plan>[1]): Promise<SyncContext> {
  const { context, prepared } = await plan(scene, of);
  expect(prepared).toMatchObject({ outcome: "prepared" });
  await scene.administrator`update runs set override = '[]' where id = ${context.runId}`;
  await commit(context, { selectionVersion: 0, accountId: null });
  return context;
}

async function countsOf(scene: Scene, { runId }: SyncContext): Promise<Record<string, Record<string, number>>> {
  const [row] = await scene.administrator<
    { counts: Record<string, Record<string, number>> }[]
  >`select counts from runs where id = ${runId}`;
  return row?.counts ?? {};
}
const codes = async (scene: Scene, { runId }: SyncContext) =>
  (
    await scene.administrator<{ code: string; total: number }[]>`
    select code, total::int from run_issue_totals where run_id = ${runId} order by code`
  ).map(({ code, total }) => `${code} ${total}`);
const statuses = async (scene: Scene) =>
  Object.fromEntries(
    (
      await scene.administrator<{ source_key: string; status: string }[]>`
      select source_key, status from users where environment_id = ${scene.environmentId} order by 1`
    ).map((row) => [row.source_key, row.status]),
  );

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
    expect(await codes(scene, context)).toEqual(["STALE_ROW 1"]);
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

  test("parents in a circle refuse the delivery", async () => {
    const scene = await createScene(database.administrator);
    const feedId = await scene.feed();
    const org = (key: string, parent: string): Line => ({ key, cells: { name: key, type: "school", parent_key: parent } });
    const { prepared } = await plan(scene, { feedId, readings: [reading(memoryReader("orgs", [org("a", "b"), org("b", "a")]))] });
    expect(prepared).toMatchObject({ outcome: "failed", reason: expect.stringContaining("→") });
    expect(await scene.above()).toBe(0);
  });
});

describe("holds", () => {
  test("more than a tenth archived is held, and a held plan does not commit by itself", async () => {
    const scene = await createScene(database.administrator);
    const feedId = await scene.feed();
    await land(scene, { feedId, readings: [bulk(people(0, 200))] });
    const { context, prepared } = await plan(scene, { feedId, kind: "quick", readings: [bulk(people(21, 200))] });
    expect(prepared).toMatchObject({ state: "held", verdict: { reasons: [{ kind: "archive", entity: "users", count: 21, of: 200 }] } });
    await expect(commit(context, { selectionVersion: 0, accountId: null })).rejects.toMatchObject({ code: "HELD" });
    await closeSet(context, { state: "discarded", reason: "by a person" });
    const { prepared: allowed } = await plan(scene, { feedId, kind: "quick", readings: [bulk(people(20, 200))] });
    expect(allowed).toMatchObject({ state: "ready" });
  });

  test("archives of concluded classes do not count", async () => {
    const scene = await createScene(database.administrator);
    const feedId = await scene.feed();
    const term = (key: string, end: string): Line => ({
      key,
      cells: { title: key, type: "term", start_date: "2001-01-01", end_date: end },
    });
    const classes = (count: number, at: string, prefix: string) =>
      Array.from(
        { length: count },
        (_, index): Line => ({ key: `${prefix}${index}`, cells: { title: "x", type: "scheduled", school_key: "s1", term_keys: at } }),
      );
    const all = (...lists: Line[][]) =>
      reading(
        memoryReader("orgs", [school("s1")]),
        memoryReader("academicSessions", [term("old", "2002-01-01"), term("now", "2999-01-01")]),
        memoryReader("classes", lists.flat()),
      );
    await land(scene, { feedId, readings: [all(classes(40, "old", "o"), classes(60, "now", "n"))] });
    const { prepared } = await plan(scene, { feedId, readings: [all(classes(60, "now", "n"))] });
    expect(prepared).toMatchObject({ state: "ready" });
    const { prepared: other } = await plan(scene, { feedId, readings: [all(classes(40, "old", "o"), classes(30, "now", "n"))] });
    expect(other).toMatchObject({ state: "held", verdict: { reasons: [{ kind: "archive", entity: "classes", count: 30, of: 100 }] } });
  });

  test("yesterday's file is held", async () => {
    const scene = await createScene(database.administrator);
    const feedId = await scene.feed();
    await land(scene, { feedId, readings: [bulk([user("u1", { modifiedAt: "2026-09-02T00:00:00Z", given: "New" })])] });
    const { prepared } = await plan(scene, {
      feedId,
      kind: "quick",
      readings: [bulk([user("u1", { modifiedAt: "2026-09-01T00:00:00Z" })])],
    });
    expect(prepared).toMatchObject({ state: "held", verdict: { reasons: [{ kind: "staleFile" }] } });
  });
});

describe("choices", () => {
  test("a refused change that comes back identical is off and says who refused it; another after-value is on", async () => {
    const scene = await createScene(database.administrator);
    const feedId = await scene.feed();
    await land(scene, { feedId, readings: [bulk([user("u1"), user("u2")])] });
    const { context } = await plan(scene, { feedId, readings: [bulk([user("u1", { given: "Bo" }), user("u2", { given: "Bo" })])] });
    const { head_seq: head, bucket } = await scene.environment();
    await context.databases.engine.asTenant(scene.institutionId, async (tx) => {
      const at = { ...context, bucket, seq: head + 1 };
      await tx.execute(sql`insert into choices (institution_id, run_id, version, scope, is_on, changed, account_id)
        values (${scene.institutionId}, ${context.runId}, 1, '{}', false, 1, ${scene.accountId})`);
      await leaveOut(tx, at, { entity: "users", rows: sql`v.source_key = 'u1'`, cause: "person", version: 1 });
      await followChoices(tx, at, 1);
      await tx.execute(sql`update runs set selection_version = 1 where id = ${context.runId}`);
    });
    await expect(commit(context, { selectionVersion: 0, accountId: null })).rejects.toMatchObject({ code: "STALE" });
    await commit(context, { selectionVersion: 1, accountId: null });
    expect((await countsOf(scene, context)).users).toMatchObject({ read: 2, edit: 1, refused: 1 });
    const again = await plan(scene, {
      feedId,
      kind: "quick",
      readings: [bulk([user("u1", { given: "Bo" }), user("u2", { given: "Bo" })])],
    });
    const left = await scene.administrator`select source_key, cause, detail from left_out where run_id = ${again.context.runId}`;
    expect(left).toMatchObject([{ source_key: "u1", cause: "before", detail: { by: "Dana" } }]);
    const other = await plan(scene, {
      feedId,
      kind: "quick",
      readings: [bulk([user("u1", { given: "Cy" }), user("u2", { given: "Bo" })])],
    });
    expect(await scene.administrator`select 1 from left_out where run_id = ${other.context.runId}`).toHaveLength(0);
  });

  test("a newer run of the same feed supersedes, another feed's sets aside, a working one is waited for", async () => {
    const scene = await createScene(database.administrator);
    const [one, two] = [await scene.feed(), await scene.feed()];
    const first = await plan(scene, { feedId: one, readings: [bulk([user("u1")])] });
    const second = await plan(scene, { feedId: one, readings: [bulk([user("u2")])] });
    const third = await plan(scene, { feedId: two, readings: [bulk([user("u3")])] });
    const states = await scene.administrator<
      { state: string }[]
    >`select state from runs where environment_id = ${scene.environmentId} order by number`;
    expect(states.map((row) => row.state)).toEqual(["superseded", "setAside", "ready"]);
    await expect(commit(first.context, { selectionVersion: 0, accountId: null })).rejects.toMatchObject({ code: "CONFLICT" });
    await commit(third.context, { selectionVersion: 0, accountId: null });
    expect(await statuses(scene)).toEqual({ u3: "active" });
    const working = await scene.run({ feedId: one });
    await openSet(working, { bytes: 0, isPatient: false });
    expect(await openSet(await scene.run({ feedId: two }), { bytes: 0, isPatient: false })).toMatchObject({
      outcome: "busy",
      runId: working.runId,
    });
    void second;
  });
});

test.each(["quick", "full"] as const)("%s: a 1.2 delivery in which only roles.csv changed gives one edit", async (kind) => {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  const delivery = (role: string) =>
    onerosterCsv.open(
      memoryDelivery({
        "orgs.csv": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\ns1,,,North,school,,\ns2,,,South,school,,\n",
        "users.csv":
          "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns\n" +
          "u1,,,true,ann,,Ann,Lee,,,,,,,,,,,,,,\nu2,,,true,bo,,Bo,Lee,,,,,,,,,,,,,,\n",
        "roles.csv":
          "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n" +
          `r1,,,u1,primary,student,,,s1,\nr2,,,u2,primary,${role},,,s1,\n`,
      }),
      NO_SETTINGS,
    );
  await land(scene, { feedId, readings: [await delivery("teacher")] });
  const context = await land(scene, { feedId, kind, readings: [await delivery("aide")] });
  expect((await countsOf(scene, context)).users).toMatchObject({ read: 2, edit: 1, unchanged: 1, add: 0, archive: 0 });
});
