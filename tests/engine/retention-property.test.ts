import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tablesOf } from "@/db/roster";
import { asEngine } from "@/server/database";
import { countExpired } from "@/server/retention/count-expired";
import { removeExpiredDetail } from "@/server/retention/remove-expired";
import { removeExpiredHistory } from "@/server/retention/remove-history";
import { ENTITIES } from "@/server/roster/entities";
import { retentionOf } from "@/server/services/data/retention";
import { commit } from "@/server/sync/commit";
import type { SyncContext } from "@/server/sync/context";
import { prepare } from "@/server/sync/prepare";
import { createDatabase, type TestDatabase } from "../support/database";
import type { ModelFile } from "./model";
import { delivery, readingOf, rosterOf } from "./random-deliveries";
import { createScene, type Scene } from "./scene";
import { undo } from "./undoing";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

const RUNS = Number(process.env.PROPERTY_RUNS ?? 4);
const HISTORY_DAYS = 400;

test(
  "what expires takes nothing away: the roster, its digest, the undo of the last commit and what comes next are as without it",
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          deliveries: fc.array(delivery, { minLength: 3, maxLength: 6 }),
          old: fc.nat({ max: 6 }),
          expiresTwice: fc.boolean(),
          next: delivery,
        }),
        async ({ deliveries, old, expiresTwice, next }) => {
          const [kept, expiring] = [await played(deliveries), await played(deliveries)];
          await age(expiring.scene, old);
          const digest = await expiring.scene.digest();
          const versions = await versionsOf(expiring.scene);
          const expected = await expire(expiring.scene);
          if (expiresTwice) expect(await expire(expiring.scene)).toBe(0);
          expect(await versionsOf(expiring.scene)).toBe(versions - expected);
          expect(await expiring.scene.digest()).toBe(digest);
          expect(await replacedBelowHorizon(expiring.scene)).toBe(0);
          expect(await expiring.scene.above()).toBe(0);
          for (const { scene, last } of [kept, expiring]) if (last !== null) await undo(scene, last);
          expect(await rosterOf(expiring.scene, expiring.feed)).toEqual(await rosterOf(kept.scene, kept.feed));
          for (const each of [kept, expiring]) await land(each.scene, each.feed, next);
          expect(await rosterOf(expiring.scene, expiring.feed)).toEqual(await rosterOf(kept.scene, kept.feed));
        },
      ),
      { numRuns: RUNS },
    );
  },
  RUNS * 100_000,
);

async function played(deliveries: readonly (readonly ModelFile[])[]): Promise<{ scene: Scene; feed: number; last: SyncContext | null }> {
  const scene = await createScene(database.administrator);
  const feed = await scene.feed();
  let last: SyncContext | null = null;
  for (const files of deliveries) if (files.length > 0) last = await land(scene, feed, files);
  return { scene, feed, last };
}

async function land(scene: Scene, feedId: number, files: readonly ModelFile[]): Promise<SyncContext> {
  const context = await scene.run({ feedId });
  await prepare(context, [readingOf(files)]);
  await scene.administrator`update runs set override = '[]' where id = ${context.runId}`;
  await commit(context, { selectionVersion: 0, accountId: scene.accountId });
  return context;
}

/** The oldest runs ended longer ago than anything is kept. */
const age = (scene: Scene, oldest: number) =>
  scene.administrator`
    update runs set ended_at = now() - make_interval(days => ${HISTORY_DAYS + 1})
    where institution_id = ${scene.institutionId} and number <= ${oldest}`;

/** Removes all that has expired, and says how many versions it said it would. */
async function expire(scene: Scene): Promise<number> {
  const said = await asEngine(scene.institutionId, async (tx) => {
    const { days } = await retentionOf(tx);
    expect(days.historyDays).toBe(HISTORY_DAYS);
    return countExpired(tx, scene.institutionId, days);
  });
  let removed = 0;
  for (let more = true; more; ) {
    const part = await removeExpiredHistory(scene.institutionId);
    removed += part.counts.versions ?? 0;
    more = part.more;
  }
  while ((await removeExpiredDetail(scene.institutionId)).more);
  expect(removed).toBe(said.versions);
  return removed;
}

async function versionsOf(scene: Scene): Promise<number> {
  return countVersions(scene, "true");
}

const replacedBelowHorizon = (scene: Scene): Promise<number> =>
  countVersions(scene, "v.to_seq <= (select history_from_seq from environments where id = v.environment_id)");

async function countVersions(scene: Scene, condition: string): Promise<number> {
  let rows = 0;
  for (const entity of ENTITIES) {
    const [found] = await scene.administrator.unsafe<{ n: number }[]>(
      `select count(*)::int as n from ${tablesOf(entity).versions} v where v.environment_id = $1 and ${condition}`,
      [scene.environmentId],
    );
    rows += found?.n ?? 0;
  }
  return rows;
}
