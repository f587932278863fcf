import fc from "fast-check";
import { expect } from "vitest";
import type { RunKind } from "@/server/roster/run";
import { check } from "@/server/sync/check";
import { commit } from "@/server/sync/commit";
import { compare } from "@/server/sync/compare";
import type { SyncContext } from "@/server/sync/context";
import { loadDelivery } from "@/server/sync/load";
import { openSet } from "@/server/sync/open-set";
import { Broken, breaking } from "./breaking";
import { commitModel, type ModelFeed, type ModelFile, newFeed, prepareModel, refuse } from "./model";
import { delivery, modelRoster, oneOf, readingOf, rosterOf } from "./random-deliveries";
import { refuseChanges } from "./refusing";
import { createScene, type Scene } from "./scene";

/** What was committed before, the delivery during which the database breaks, and at which statements. */
interface Failing {
  readonly earlier: readonly (readonly ModelFile[])[];
  readonly files: readonly ModelFile[];
  readonly kind: RunKind;
  readonly refused: readonly number[];
  /** The first statement that breaks, and how many lie between it and the next try's. */
  readonly start: number;
  readonly stride: number;
  readonly when: "before" | "after";
}

/** Cases that break at every `stride`th statement, from any of the first ones on. */
const failing = (stride: number): fc.Arbitrary<Failing> =>
  fc.record({
    earlier: fc.array(delivery, { minLength: 1, maxLength: 2 }),
    files: delivery,
    kind: oneOf("quick" as const, "full" as const),
    refused: fc.array(fc.nat({ max: 30 }), { maxLength: 2 }),
    start: fc.integer({ min: 1, max: stride }),
    stride: fc.constant(stride),
    when: oneOf("before" as const, "after" as const),
  });

interface Side {
  readonly scene: Scene;
  readonly feed: number;
  readonly model: ModelFeed;
}

/** Does a step: once, or again and again until the database holds. */
type Doing = <T>(context: SyncContext, step: (context: SyncContext) => Promise<T>) => Promise<T>;
const once: Doing = (context, step) => step(context);

/**
 * Plays a case twice, in two institutions: one's database never breaks, the other's does, during compare and commit. After each
 * break everything is as it was before the step or as it is after it; at the end both are the same, and as the rules say.
 * Returns how many breaks there were.
 */
async function expectWhole(administrator: Scene["administrator"], of: Failing): Promise<number> {
  const [whole, broken] = [await side(administrator), await side(administrator)];
  let breaks = 0;
  const untilItHolds: Doing = async (context, step) => {
    const seen: unknown[] = [await stateOf(broken, context)];
    for (let at = of.start; ; at += of.stride) {
      const { context: breaks_, isReached } = breaking(context, { at, when: of.when });
      const result = await step(breaks_).then(
        (value) => ({ value }),
        (cause: unknown) => {
          if (!(cause instanceof Broken)) throw cause;
          return null;
        },
      );
      if (result === null) breaks += 1;
      else expect(isReached(), "a broken statement is told").toBe(false);
      const now = await stateOf(broken, context);
      if (JSON.stringify(now) !== JSON.stringify(seen.at(-1))) seen.push(now);
      if (result === null) continue;
      // Before, and after: nothing between was ever there.
      expect(seen.slice(2)).toEqual([]);
      return result.value;
    }
  };
  for (const files of of.earlier) for (const each of [whole, broken]) await land(each, { ...of, files, refused: [] }, once);
  const [intended, came] = [await land(whole, of, once), await land(broken, of, untilItHolds)];
  expect(came).toEqual(intended);
  return breaks;
}

async function side(administrator: Scene["administrator"]): Promise<Side> {
  const scene = await createScene(administrator);
  return { scene, feed: await scene.feed(), model: newFeed() };
}

/** Prepares and commits a delivery, refusing some; returns all that it left. */
async function land({ scene, feed, model }: Side, of: Failing, doing: Doing): Promise<unknown> {
  const context = await scene.run({ feedId: feed, kind: of.kind });
  const reading = readingOf(of.files);
  expect(await openSet(context, { bytes: 0, isPatient: false })).toMatchObject({ outcome: "opened" });
  await loadDelivery(context, reading.readers, { position: 1, deliveries: 1 });
  expect(await check(context)).toEqual({ refused: null });
  const changes = prepareModel(model, of.files);
  await doing(context, compare);
  const planned = await stateOf({ scene, feed, model }, context, { isDigestTold: false });
  const person = await refuseChanges(scene, { context, changes, places: of.refused });
  await scene.administrator`update runs set override = '[]' where id = ${context.runId}`;
  const request = { selectionVersion: person.length > 0 ? 1 : 0, accountId: scene.accountId };
  await doing(context, (each) => commit(each, request));
  refuse(model, person);
  commitModel(model, changes);
  expect(await scene.above()).toBe(0);
  const roster = await rosterOf(scene, feed);
  expect(roster).toEqual(modelRoster(model));
  return { planned, committed: await stateOf({ scene, feed, model }, context, { isDigestTold: false }), roster };
}

/** All that a step may change: the roster, what is pending, what the run says, what is left out, refused and remembered. */
async function stateOf({ scene, feed }: Side, { runId }: SyncContext, how = { isDigestTold: true }): Promise<unknown> {
  const { head_seq: head, counts } = await scene.environment();
  const [run] = await scene.administrator`
    select state, counts, verdict, commit_seq, reason,
      (select json_agg(json_build_array(entity, source_key, cause, on_at) order by entity, source_key) from left_out where run_id = r.id) as left_out,
      (select json_agg(json_build_array(entity, source_key) order by entity, source_key) from refusals where feed_id = ${feed}) as refusals
    from runs r where id = ${runId}`;
  return { head, counts, above: await scene.above(), run, ...(how.isDigestTold ? { digest: await scene.digest() } : {}) };
}

/**
 * Holds `runs` random cases to it, in each of which every `stride`th statement breaks, and answers how often the database broke. The seed
 * repeats them; shrinking would take minutes.
 */
export async function breakEvery(
  stride: number,
  of: { runs: number; seed: number; administrator: Scene["administrator"] },
): Promise<number> {
  let breaks = 0;
  await fc.assert(
    fc.asyncProperty(failing(stride), async (one) => {
      breaks += await expectWhole(of.administrator, one);
    }),
    { numRuns: of.runs, seed: of.seed, endOnFailure: true },
  );
  return breaks;
}
