import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { followChoices, leaveOut } from "@/db/plan";
import { tablesOf } from "@/db/roster";
import { COLUMNS, ENTITIES, type Entity } from "@/server/roster/entities";
import type { RunKind } from "@/server/roster/run";
import { check } from "@/server/sync/check";
import { commit } from "@/server/sync/commit";
import type { SyncContext } from "@/server/sync/context";
import { loadEntity } from "@/server/sync/load";
import { closeSet, openSet } from "@/server/sync/open-set";
import { prepare } from "@/server/sync/prepare";
import { createDatabase, type TestDatabase } from "../support/database";
import { commitModel, follow, type ModelChange, type ModelFeed, type ModelFile, newFeed, prepareModel, refuse } from "./model";
import { createScene, type Line, memoryReader, reading, type Scene } from "./scene";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

/** Each is a sequence of real syncs; more when the engine changes. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 5);

const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const school = oneOf("s1", "s2");
const CELLS: Partial<Record<Entity, fc.Arbitrary<Record<string, string | null>>>> = {
  orgs: fc.record({ name: oneOf("North", "South"), type: fc.constant("school") }),
  courses: fc.record({ title: oneOf("Art", "Biology"), org_key: fc.option(school) }),
  classes: fc.record({ title: oneOf("A", "B"), type: fc.constant("scheduled"), course_key: oneOf("c1", "c2"), school_key: school }),
  users: fc.record({
    given_name: oneOf("Ann", "Bo"),
    enabled: fc.constant("true"),
    primary_role: oneOf("student", "teacher"),
    org_keys: oneOf("s1", "s2", "s1,s2"),
  }),
  enrollments: fc.record({
    class_key: oneOf("k1", "k2", "k3"),
    user_key: oneOf("u1", "u2", "u3"),
    school_key: school,
    role: fc.constant("student"),
  }),
};
const KEYS: Partial<Record<Entity, readonly string[]>> = {
  orgs: ["s1", "s2"],
  courses: ["c1", "c2"],
  classes: ["k1", "k2", "k3"],
  users: ["u1", "u2", "u3"],
  enrollments: ["e1", "e2", "e3", "e4"],
};

function fileOf(entity: Entity): fc.Arbitrary<ModelFile | null> {
  const keys = KEYS[entity] ?? [];
  return fc
    .record({
      mode: oneOf("bulk" as const, "bulk" as const, "delta" as const, "absent" as const),
      keys: fc.subarray([...keys]),
      cells: fc.array(CELLS[entity] ?? fc.constant({}), { minLength: keys.length, maxLength: keys.length }),
      fates: fc.array(fc.integer({ min: 0, max: 19 }), { minLength: keys.length, maxLength: keys.length }),
      nameless: fc.integer({ min: 0, max: 14 }),
    })
    .map(({ mode, keys: present, cells, fates, nameless }) => {
      if (mode === "absent") return null;
      const lines: Line[] = present.map((key, index) => {
        const fate = fates[index] ?? 0;
        const row = { key, cells: cells[index] ?? {}, ...(fate === 0 ? { valid: false } : {}) };
        return mode === "delta" && fate > 14 ? { ...row, status: "tobedeleted" as const } : row;
      });
      if (nameless === 0) lines.push({ key: null, valid: false });
      return { entity, mode, lines };
    });
}

const delivery: fc.Arbitrary<readonly ModelFile[]> = fc
  .tuple(fileOf("orgs"), fileOf("courses"), fileOf("classes"), fileOf("users"), fileOf("enrollments"))
  .map((files) => files.filter((file) => file !== null));

interface Turn {
  readonly feed: 0 | 1;
  readonly files: readonly ModelFile[];
  /** Which of the plan's changes a person refuses, by place. */
  readonly refused: readonly number[];
  /** What happens then: it is committed, left waiting for the next turn, discarded, or it fails half way. */
  readonly end: "commit" | "wait" | "discard" | "fail";
  readonly failAfter: number;
}

const turn: fc.Arbitrary<Turn> = fc.record({
  feed: oneOf(0 as const, 0 as const, 1 as const),
  files: delivery,
  refused: fc.array(fc.nat({ max: 30 }), { maxLength: 2 }),
  end: oneOf("commit" as const, "commit" as const, "commit" as const, "wait" as const, "discard" as const, "fail" as const),
  failAfter: fc.nat({ max: 6 }),
});

test.each(["quick", "full"] as const)(
  "%s runs leave the roster that the rules say, whatever is refused, superseded, set aside or fails",
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 3, maxLength: 6 }), async (turns) => {
        const scene = await createScene(database.administrator);
        const feeds = [
          { id: await scene.feed(), model: newFeed() },
          { id: await scene.feed(), model: newFeed() },
        ];
        let waiting: { model: ModelFeed; person: ModelChange[] } | null = null;
        for (const each of turns) {
          const feed = feeds[each.feed];
          if (feed === undefined || each.files.length === 0) continue;
          // The plan that waits is superseded or set aside; what people refused in it is remembered.
          if (waiting !== null) refuse(waiting.model, waiting.person);
          waiting = null;
          const context = await scene.run({ feedId: feed.id, kind });
          if (each.end === "fail") {
            await failAfter(context, each);
            expect(await scene.above()).toBe(0);
            continue;
          }
          const changes = prepareModel(feed.model, each.files);
          const prepared = await prepare(context, [readingOf(each.files)]);
          expect(prepared).toMatchObject({ outcome: "prepared" });
          const person = await refuseChanges(scene, { context, changes, places: each.refused });
          if (each.end === "wait") {
            waiting = { model: feed.model, person };
          } else if (each.end === "discard") {
            await closeSet(context, { state: "discarded", reason: "by a person" });
          } else {
            await scene.administrator`update runs set override = '[]' where id = ${context.runId}`;
            await commit(context, { selectionVersion: person.length > 0 ? 1 : 0, accountId: scene.accountId });
            refuse(feed.model, person);
            commitModel(feed.model, changes);
          }
          if (waiting === null) expect(await scene.above()).toBe(0);
          for (const { id, model } of feeds) expect(await rosterOf(scene, id)).toEqual(modelRoster(model));
        }
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 60_000 * Math.max(1, RUNS / 5), markInterruptAsFailure: false },
    );
  },
  300_000,
);

const readingOf = (files: readonly ModelFile[]) =>
  reading(...files.map(({ entity, lines, mode }) => memoryReader(entity, lines, { mode })));

/** Runs some steps, one of them twice, and ends as a failed run does. */
async function failAfter(context: SyncContext, of: Turn): Promise<void> {
  await openSet(context, { bytes: 0, isPatient: false });
  const readers = readingOf(of.files).readers.slice(0, of.failAfter);
  for (const reader of readers) {
    await loadEntity(context, reader, { position: 1, deliveries: 1 });
    await loadEntity(context, reader, { position: 1, deliveries: 1 });
  }
  if (of.failAfter > 4) await check(context);
  await closeSet(context, { state: "failed", reason: "the test's own" });
}

/** Unticks changes as the action list does, in the engine's plan and in the model's. */
async function refuseChanges(
  scene: Scene,
  of: { context: SyncContext; changes: ModelChange[]; places: readonly number[] },
): Promise<ModelChange[]> {
  const on = of.changes.filter((change) => !change.off);
  const person = [...new Set(of.places.flatMap((place) => (on.length === 0 ? [] : [on[place % on.length]])))].filter(
    (change) => change !== undefined,
  );
  if (person.length === 0) return [];
  const { head_seq: head, bucket } = await scene.environment();
  const plan = { ...of.context, bucket, seq: head + 1 };
  await of.context.databases.engine.asTenant(scene.institutionId, async (tx) => {
    for (const { entity, key } of person) {
      await leaveOut(tx, plan, { entity, rows: sql`v.source_key = ${key}`, cause: "person", version: 1 });
    }
    await followChoices(tx, plan, 1);
    await tx.execute(sql`update runs set selection_version = 1 where id = ${of.context.runId}`);
  });
  for (const change of person) change.off = true;
  follow(of.changes);
  return person;
}

async function rosterOf(scene: Scene, feedId: number): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const entity of ENTITIES) {
    const names = COLUMNS[entity].map(({ name }) => name);
    const rows = await scene.administrator.unsafe<Record<string, string | null>[]>(
      `select v.source_key, v.status, ${names.map((name) => `v.${name}`).join(", ")} from ${tablesOf(entity).current} v
       where v.environment_id = ${scene.environmentId} and v.feed_id = ${feedId}`,
    );
    for (const { source_key: key, status, ...cells } of rows) all[`${entity} ${key}`] = { status, cells };
  }
  return all;
}

const modelRoster = (model: ModelFeed): Record<string, unknown> =>
  Object.fromEntries([...model.current].flatMap(([entity, side]) => [...side].map(([key, record]) => [`${entity} ${key}`, record])));

/** The property is only worth something if its turns reach every action: seen once, with a fixed seed. */
test("the generator's deliveries reach every action", () => {
  const seen = new Set<string>();
  const kinds = new Set<RunKind | string>();
  for (const turns of fc.sample(fc.array(turn, { minLength: 3, maxLength: 6 }), { numRuns: 60, seed: 7 })) {
    const model = newFeed();
    for (const { files, end } of turns) {
      kinds.add(end);
      const changes = prepareModel(model, files);
      for (const change of changes) seen.add(`${change.action}${change.off ? " off" : ""}`);
      commitModel(model, changes);
    }
  }
  expect([...seen].sort()).toEqual(["add", "archive", "archive off", "edit", "reactivate"]);
  expect(kinds.size).toBe(4);
});
