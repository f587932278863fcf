import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commit } from "@/server/sync/commit";
import { prepare } from "@/server/sync/prepare";
import { createDatabase, type TestDatabase } from "../support/database";
import { commitModel, type ModelChange, type ModelFeed, type ModelFile, newFeed, prepareModel, refuse } from "./model";
import { delivery, modelRoster, oneOf, readingOf, rosterOf } from "./random-deliveries";
import { createScene, type Scene } from "./scene";
import { undo } from "./undoing";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

const RUNS = Number(process.env.PROPERTY_RUNS ?? 3);

interface Turn {
  readonly feed: 0 | 1;
  readonly files: readonly ModelFile[];
  /** `undo`: the commit is undone. `again`: and the same delivery comes and is committed once more. */
  readonly fate: "stays" | "undo" | "again";
}
const turn: fc.Arbitrary<Turn> = fc.record({
  feed: oneOf(0 as const, 0 as const, 1 as const),
  files: delivery,
  fate: oneOf("stays" as const, "undo" as const, "again" as const),
});

test.each(["quick", "full"] as const)(
  "%s: an undo leaves the roster of before, except for archived adds; what was undone comes again as off",
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 3, maxLength: 5 }), async (turns) => {
        const scene = await createScene(database.administrator);
        const feeds = [
          { id: await scene.feed(), model: newFeed() },
          { id: await scene.feed(), model: newFeed() },
        ];
        const agree = async () => {
          expect(await scene.above()).toBe(0);
          for (const { id, model } of feeds) expect(await rosterOf(scene, id)).toEqual(modelRoster(model));
        };
        for (const each of turns) {
          const feed = feeds[each.feed];
          if (feed === undefined || each.files.length === 0) continue;
          const { context, changes } = await land(scene, { feed, kind, files: each.files });
          await agree();
          if (each.fate === "stays") continue;
          await undo(scene, context);
          undoModel(feed.model, changes);
          await agree();
          if (each.fate === "undo") continue;
          await land(scene, { feed, kind, files: each.files });
          await agree();
        }
      }),
      { numRuns: RUNS },
    );
  },
  RUNS * 100_000,
);

async function land(scene: Scene, of: { feed: { id: number; model: ModelFeed }; kind: "quick" | "full"; files: readonly ModelFile[] }) {
  const context = await scene.run({ feedId: of.feed.id, kind: of.kind });
  const changes = prepareModel(of.feed.model, of.files);
  expect(await prepare(context, [readingOf(of.files)])).toMatchObject({ outcome: "prepared" });
  await scene.administrator`update runs set override = '[]' where id = ${context.runId}`;
  await commit(context, { selectionVersion: 0, accountId: scene.accountId });
  commitModel(of.feed.model, changes);
  return { context, changes };
}

/** The rules of an undo once more: each change backwards, and a refusal of the same change when it comes again. */
function undoModel(feed: ModelFeed, changes: readonly ModelChange[]): void {
  const refused: ModelChange[] = [];
  for (const change of changes) {
    if (change.off) continue;
    const now = change.before ?? { ...change.after, status: "archived" };
    feed.current.get(change.entity)?.set(change.key, now);
    refused.push({ ...change, action: change.action === "add" ? "reactivate" : change.action, before: now });
  }
  refuse(feed, refused);
}
