import { afterAll, beforeAll, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/database";
import { breakEvery } from "./failing";

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
    const breaks = await breakEvery(13, { runs: RUNS, seed, administrator: database.administrator });
    expect(breaks).toBeGreaterThanOrEqual(5 * RUNS);
  },
  RUNS * 100_000,
);
