import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { leaveOut } from "@/db/plan";
import { followChoices } from "@/db/plan-follows";
import { onerosterCsv } from "@/server/sources/oneroster-csv";
import { commit } from "@/server/sync/commit";
import { closeSet, openSet } from "@/server/sync/open-set";
import { memoryDelivery, NO_SETTINGS } from "../sources/in-memory";
import { createDatabase, type TestDatabase } from "../support/database";
import { createScene, type Line, memoryReader, reading } from "./scene";
import { bulk, countsOf, land, people, plan, school, statuses, user } from "./turns";

// Each test is a handful of whole syncs.
vi.setConfig({ testTimeout: 90_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

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

test("a plan that somebody decided to commit in its last moment does not expire", async () => {
  const scene = await createScene(database.administrator);
  const { context } = await plan(scene, { feedId: await scene.feed(), readings: [bulk(people(0, 3))] });
  await scene.administrator`update runs set state = 'committing' where id = ${context.runId}`;
  expect(await closeSet(context, { state: "expired", reason: "Nobody decided" })).toEqual({ closed: false });
  expect(await commit(context, { selectionVersion: 0, accountId: scene.accountId })).toMatchObject({ outcome: "committed" });
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
