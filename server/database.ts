import { join } from "node:path";
import { type Database, openDatabase, type Transaction } from "@/db/client";
import { startEmbedded } from "@/db/embedded";
import type { DatabaseRole } from "@/db/roles";
import { env } from "./env";
import { dataPlace, deploymentSecret } from "./secrets";

/** The process's databases, one per role, kept on `globalThis` because development reloads modules. */
const kept = globalThis as typeof globalThis & { rollcallDatabases?: Map<DatabaseRole, Promise<Database>>; rollcallUrl?: Promise<string> };

/** The administrator's URL: `DATABASE_URL`, else that of the embedded server, which is started when it is not running. */
export function databaseUrl(): Promise<string> {
  kept.rollcallUrl ??=
    env.DATABASE_URL === undefined
      ? startEmbedded(join(dataPlace(), "postgres")).then((server) => server.url)
      : Promise.resolve(env.DATABASE_URL);
  return kept.rollcallUrl;
}

export function database(role: DatabaseRole): Promise<Database> {
  kept.rollcallDatabases ??= new Map();
  const known = kept.rollcallDatabases.get(role);
  if (known !== undefined) return known;
  const opened = databaseUrl().then((url) => openDatabase({ url, secret: deploymentSecret(), role, applicationName: `rollcall ${role}` }));
  kept.rollcallDatabases.set(role, opened);
  return opened;
}

/** One transaction of the web's role in which only this institution exists. */
export async function asTenant<T>(institutionId: number, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return (await database("app")).asTenant(institutionId, work);
}

/** One transaction of the web's role over the tables that have no institution. */
export async function untenanted<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  return (await database("app")).untenanted(work);
}

/** One transaction of the role that reads named tables of all institutions, without roster data, for vendor staff. */
export async function asVendor<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  return (await database("vendor")).untenanted(work);
}

/** One transaction of the engine's role in which only this institution exists. */
export async function asEngine<T>(institutionId: number, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return (await database("engine")).asTenant(institutionId, work);
}

/** Closes what this process opened; an embedded server goes on and is found again. */
export async function closeDatabases(): Promise<void> {
  const open = [...(kept.rollcallDatabases?.values() ?? [])];
  kept.rollcallDatabases = undefined;
  for (const each of open) await (await each).close();
}
