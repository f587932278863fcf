import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunKind } from "@/server/roster/run";
import { check } from "@/server/sync/check";
import { commit } from "@/server/sync/commit";
import type { SyncContext } from "@/server/sync/context";
import { loadDelivery } from "@/server/sync/load";
import { closeSet, openSet } from "@/server/sync/open-set";
import { prepare } from "@/server/sync/prepare";
import { createDatabase, type TestDatabase } from "../support/database";
import { commitModel, type ModelChange, type ModelFeed, type ModelFile, newFeed, prepareModel, refuse } from "./model";
import { delivery, modelRoster, oneOf, readingOf, rosterOf } from "./random-deliveries";
import { refuseChanges } from "./refusing";
import { createScene } from "./scene";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

/** Each is a sequence of real syncs; more when the engine changes. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 5);

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
      { numRuns: RUNS },
    );
  },
  RUNS * 100_000,
);

/** Runs some steps, one of them twice, and ends as a failed run does. */
async function failAfter(context: SyncContext, of: Turn): Promise<void> {
  await openSet(context, { bytes: 0, isPatient: false });
  const readers = readingOf(of.files).readers.slice(0, of.failAfter);
  for (const reader of readers) {
    await loadDelivery(context, [reader], { position: 1, deliveries: 1 });
    await loadDelivery(context, [reader], { position: 1, deliveries: 1 });
  }
  if (of.failAfter > 4) await check(context);
  await closeSet(context, { state: "failed", reason: "the test's own" });
}

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
