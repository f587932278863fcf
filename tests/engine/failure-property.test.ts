import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/database";
import { expectWhole, failing } from "./failing";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

/** Each breaks a dozen times, at others than the run before; every single statement is the long test's. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 1);
const seed = Number(process.env.PROPERTY_SEED ?? Date.now() % 2 ** 31);

test(
  `a database that breaks at any statement of compare or commit leaves all or nothing, and a repeated run ends the same (seed ${seed})`,
  async () => {
    let breaks = 0;
    await fc.assert(
      fc.asyncProperty(failing(13), async (of) => {
        breaks += await expectWhole(database.administrator, of);
      }),
      // The seed repeats it; shrinking would take minutes.
      { numRuns: RUNS, seed, endOnFailure: true },
    );
    expect(breaks).toBeGreaterThanOrEqual(5 * RUNS);
  },
  RUNS * 100_000,
);
