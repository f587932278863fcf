import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { rangeQuery } from "@/server/services/changes/page";
import { enrollmentsQuery } from "@/server/services/roster/enrollments";
import { noActions } from "@/server/services/runs/counts";
import { afterCommit } from "@/server/sync/after-commit";
import { closingQuery, commit } from "@/server/sync/commit";
import type { OpenSet, SyncContext } from "@/server/sync/context";
import { prepare } from "@/server/sync/prepare";
import { createDatabase, type TestDatabase } from "../support/database";
import { explained, looked, type PlanNode } from "../support/explain";
import { createScene, type Line, memoryReader, reading, type Scene } from "./scene";

// Some ten thousand rows, three sets of them.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const USERS = 6_000;
let database: TestDatabase;
let scene: Scene;
let last: SyncContext;

const user = (index: number, given = "Ann"): Line => ({
  key: `u${index}`,
  cells: { given_name: given, family_name: `F${index}`, enabled: "true", primary_role: "student", org_keys: "s1" },
});
const enrollment = (index: number): Line => ({
  key: `e${index}`,
  cells: { class_key: `k${index % 50}`, user_key: `u${index % USERS}`, school_key: "s1", role: "student" },
});
const day = (given: string, from: number) =>
  reading(
    memoryReader("orgs", [{ key: "s1", cells: { name: "North", type: "school" } }]),
    memoryReader(
      "classes",
      Array.from({ length: 50 }, (_, index): Line => ({ key: `k${index}`, cells: { title: "x", type: "scheduled", school_key: "s1" } })),
    ),
    memoryReader(
      "users",
      Array.from({ length: USERS }, (_, index) => user(index, index >= from && index < from + 900 ? given : "Ann")),
    ),
    memoryReader(
      "enrollments",
      Array.from({ length: 9_000 }, (_, index) => enrollment(index)),
    ),
  );

/** Three sets, since statistics that know one sequence number say nothing about the next (PERFORMANCE.md, trap 1). */
beforeAll(async () => {
  database = await createDatabase();
  scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  for (const [given, from] of [
    ["Ann", 0],
    ["Bo", 0],
    ["Cy", 1_000],
  ] as const) {
    last = await scene.run({ feedId, kind: "quick" });
    expect(await prepare(last, [day(given, from)])).toMatchObject({ state: "ready" });
    if (given === "Cy") break;
    await commit(last, { selectionVersion: 0, accountId: null });
    await afterCommit(last);
  }
});
afterAll(() => database.close());

/** Runs a statement of the product under EXPLAIN and undoes it. */
async function explain(statement: (open: OpenSet) => SQL): Promise<PlanNode[]> {
  const { head_seq: head, bucket } = await scene.environment();
  const open: OpenSet = { ...last, fence: 0, baseSeq: head, seq: head + 1, bucket, isOwn: false };
  let nodes: PlanNode[] = [];
  const undo = new Error("undone");
  await last.databases.engine
    .asTenant(scene.institutionId, async (tx) => {
      nodes = await explained(tx, statement(open));
      throw undo;
    })
    .catch((cause: unknown) => {
      if (cause !== undo) throw cause;
    });
  return nodes;
}

test("closing what the third set replaces looks at each row a few times at most, and at one bucket", async () => {
  const nodes = await explain((open) => closingQuery(open, "users"));
  expect(looked(nodes)).toBeLessThan(4 * (USERS + 3 * 900));
  const relations = new Set(nodes.map((node) => node["Relation Name"]).filter((name) => name !== undefined));
  expect([...relations].filter((name) => name.startsWith("user_versions_"))).toHaveLength(1);
});

test("a page of fifty of the third set is read by its index", async () => {
  const range = { action: "edit", entity: "users", limit: 50 } as const;
  const after = { action: "edit", entity: "users", line: 100 } as const;
  const nodes = await explain((open) => rangeQuery(open, range, { filter: {}, after, off: noActions() }) ?? sql`select`);
  expect(looked(nodes)).toBeGreaterThanOrEqual(50);
  expect(looked(nodes)).toBeLessThanOrEqual(100);
});

test("who names a class is found by the class, not by reading every enrollment", async () => {
  const nodes = await explain((open) => enrollmentsQuery({ ...open, seq: open.baseSeq }, { entity: "classes", key: "k7" }));
  expect(looked(nodes)).toBeLessThan(1_000);
});

test("a person is found by a piece of the name through its index, with or without other words", async () => {
  const { bucket } = await scene.environment();
  // As autovacuum does within minutes of a load: what was added to the index waits in a list until then.
  await database.administrator`vacuum (analyze) user_versions`;
  const search = (words: string) =>
    last.databases.engine.asTenant(scene.institutionId, async (tx) => {
      // So few people could as well be walked over; asked is whether the index can be used at all.
      await tx.execute(sql`set local enable_seqscan = off`);
      // The view also holds what earlier transactions of this connection have not handed on yet.
      const readSoFar = async () => {
        const [read] = await tx.execute<{ rows: number }>(
          sql`select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::int as rows
              from pg_stat_xact_all_tables where relname like 'user_versions_%'`,
        );
        return read?.rows ?? Number.NaN;
      };
      const before = await readSoFar();
      const found = await tx.execute(
        sql`select source_key from search_users(${scene.institutionId}, ${scene.environmentId}, ${bucket}, ${words}, null, null, false, null, null, 50)`,
      );
      expect((await readSoFar()) - before).toBeLessThan(USERS / 20);
      return found.map((row) => row.source_key);
    });
  expect(await search("F4711")).toEqual(["u4711"]);
  expect(await search("an F4711 n")).toEqual(["u4711"]);
  expect(await search("F4711 bo")).toEqual([]);
});
