import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { inject } from "vitest";
import { closeDatabases } from "@/server/database";

/** A database that somebody else opened and closes. */
export interface OpenDatabase {
  /** The administrator's URL: what a child process takes as `DATABASE_URL`. */
  readonly url: string;
  /** Looks past row level security, to set a scene or to see what happened; never what is under test. */
  readonly administrator: postgres.Sql;
}

/** A test file's own database: migrated, empty, and the one that `asTenant` and its like use in this process. */
export interface TestDatabase extends OpenDatabase {
  /** Closes this process's connections and drops the database. */
  close(): Promise<void>;
}

/** Makes this the database that `asTenant` and its like use in this process. */
export function adoptDatabase(url: string): void {
  (globalThis as typeof globalThis & { rollcallUrl?: Promise<string> }).rollcallUrl = Promise.resolve(url);
}

/**
 * Copies the migrated template and makes it this process's database. Call it in `beforeAll`, `close()` in `afterAll`.
 * Makes no institution: each test has its own (`createInstitution`).
 */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const cluster = postgres(inject("clusterUrl"), { max: 1, onnotice: () => {} });
  // As files: a thousand small ones are copied in a quarter of the time that writing them to the log takes.
  await cluster.unsafe(`create database ${name} template ${inject("templateName")} strategy file_copy`);
  const url = new URL(inject("clusterUrl"));
  url.pathname = name;
  const administrator = postgres(url.toString(), { max: 4, onnotice: () => {} });
  adoptDatabase(url.toString());
  return {
    url: url.toString(),
    administrator,
    close: async () => {
      await closeDatabases();
      await administrator.end({ timeout: 5 });
      await cluster.unsafe(`drop database ${name} with (force)`);
      await cluster.end({ timeout: 5 });
    },
  };
}
