import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ENTITIES } from "@/server/roster/entities";
import { commit } from "@/server/sync/commit";
import { prepare } from "@/server/sync/prepare";
import { createDatabase, type TestDatabase } from "../support/database";
import { commitModel, type ModelFeed, type ModelFile, newFeed, prepareModel } from "./model";
import { freeze, promoteTo } from "./promoting";
import { delivery, modelRoster, oneOf, readingOf, rosterOf } from "./random-deliveries";
import { createScene, type Scene } from "./scene";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

const RUNS = Number(process.env.PROPERTY_RUNS ?? 3);

/** A delivery that is committed in one of the two environments, or a promotion of an earlier freeze. */
type Turn =
  | { readonly kind: "land"; readonly into: "preview" | "production"; readonly feed: 0 | 1; readonly files: readonly ModelFile[] }
  | { readonly kind: "freeze" | "promote" };
const turn: fc.Arbitrary<Turn> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("land" as const),
      into: oneOf("preview" as const, "preview" as const, "production" as const),
      feed: oneOf(0 as const, 0 as const, 1 as const),
      files: delivery,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: oneOf("freeze" as const, "promote" as const, "promote" as const) }) },
);

interface Side {
  readonly scene: Scene;
  readonly feeds: readonly { readonly id: number; readonly model: ModelFeed }[];
}

test(
  "whatever Preview and Production went through, a promotion makes Production what the snapshot was, and erases nobody",
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 4, maxLength: 7 }), async (turns) => {
        const scene = await createScene(database.administrator);
        const ids = [await scene.feed(), await scene.feed()];
        const preview: Side = { scene, feeds: ids.map((id) => ({ id, model: newFeed() })) };
        const production: Side = { scene: await scene.production(), feeds: ids.map((id) => ({ id, model: newFeed() })) };
        let frozen = await take(preview);
        const road = [...turns, { kind: "freeze" as const }, { kind: "promote" as const }];
        for (const each of road) {
          if (each.kind === "land") await land(each.into === "preview" ? preview : production, each);
          else if (each.kind === "freeze") frozen = await take(preview);
          else if (frozen.at.seq > 0) {
            await promoteTo(production.scene, { feedId: ids[0] ?? 0, snapshot: frozen.at });
            for (const [index, { model }] of production.feeds.entries()) promoteModel(model, frozen.models[index] ?? newFeed());
            expect(await production.scene.above()).toBe(0);
          }
          for (const { id, model } of production.feeds) expect(await rosterOf(production.scene, id)).toEqual(modelRoster(model));
        }
      }),
      { numRuns: RUNS },
    );
  },
  RUNS * 100_000,
);

/** Where Preview stands, and what the model says of it, as it is now. */
async function take(side: Side) {
  const models = side.feeds.map(
    ({ model }): ModelFeed => ({
      current: new Map([...model.current].map(([entity, records]) => [entity, new Map(records)])),
      refusals: new Map(model.refusals),
    }),
  );
  return { at: await freeze(side.scene), models };
}

async function land(side: Side, of: Extract<Turn, { kind: "land" }>): Promise<void> {
  const feed = side.feeds[of.feed];
  if (feed === undefined || of.files.length === 0) return;
  const context = await side.scene.run({ feedId: feed.id, kind: "quick" });
  const changes = prepareModel(feed.model, of.files);
  expect(await prepare(context, [readingOf(of.files)])).toMatchObject({ outcome: "prepared" });
  await side.scene.administrator`update runs set override = '[]' where id = ${context.runId}`;
  await commit(context, { selectionVersion: 0, accountId: side.scene.accountId });
  commitModel(feed.model, changes);
}

/** The rules of a promotion once more, a record at a time. */
function promoteModel(production: ModelFeed, snapshot: ModelFeed): void {
  for (const entity of ENTITIES) {
    const now = production.current.get(entity);
    const frozen = snapshot.current.get(entity);
    if (now === undefined || frozen === undefined) continue;
    for (const [key, record] of frozen) {
      const before = now.get(key);
      if (before === undefined || record.status !== "archived" || before.status !== "archived") now.set(key, record);
    }
    for (const [key, record] of now) if (!frozen.has(key)) now.set(key, { ...record, status: "archived" });
  }
  production.refusals.clear();
  for (const [name, digest] of snapshot.refusals) production.refusals.set(name, digest);
}
