import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/database";
import { expectWhole, failing } from "./failing";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.close());

const RUNS = Number(process.env.PROPERTY_RUNS ?? 3);
const seed = Number(process.env.PROPERTY_SEED ?? Date.now() % 2 ** 31);

test(
  `a database that breaks at every single statement of compare and commit, one after the other, leaves all or nothing (seed ${seed})`,
  async () => {
    let breaks = 0;
    await fc.assert(
      fc.asyncProperty(failing(1), async (of) => {
        breaks += await expectWhole(database.administrator, of);
      }),
      { numRuns: RUNS, seed, endOnFailure: true },
    );
    expect(breaks).toBeGreaterThan(50 * RUNS);
  },
  RUNS * 300_000,
);
