import { afterAll, beforeAll, expect, test } from "vitest";
import { createDatabase, type TestDatabase } from "../support/database";
import { breakEvery } from "./failing";

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
    const breaks = await breakEvery(1, { runs: RUNS, seed, administrator: database.administrator });
    expect(breaks).toBeGreaterThan(50 * RUNS);
  },
  RUNS * 300_000,
);
