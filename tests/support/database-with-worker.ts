import { afterAll, beforeAll } from "vitest";
import { startWorker } from "@/tests/api/scene";
import { createDatabase, type OpenDatabase, type TestDatabase } from "./database";

/**
 * A test file's own database with the worker's functions at work in it, from before its first test until after its last. Call it
 * at the top of the file: a `beforeAll` below it finds both. Makes no institution: each test has its own.
 */
export function databaseWithWorker(): OpenDatabase {
  let database: TestDatabase | null = null;
  let worker: { stop(): Promise<void> } | null = null;
  beforeAll(async () => {
    database = await createDatabase();
    worker = await startWorker();
  });
  afterAll(async () => {
    await worker?.stop();
    await database?.close();
  });
  const made = (): TestDatabase => {
    if (database === null) throw new Error("The database is made before the first test, not while the file is read");
    return database;
  };
  return {
    get url() {
      return made().url;
    },
    get administrator() {
      return made().administrator;
    },
  };
}
