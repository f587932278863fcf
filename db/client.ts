import { type ExtractTablesWithRelations, sql } from "drizzle-orm";
import type { PgTransaction } from "drizzle-orm/pg-core";
import type { PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js";
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { RECONNECTION } from "./reconnection";
import { type DatabaseRole, roleUrl } from "./roles";
import * as schema from "./schema";

/** One open transaction. The only handle on which anything is read or written. */
export type Transaction = PgTransaction<PostgresJsQueryResultHKT, typeof schema, ExtractTablesWithRelations<typeof schema>>;

/** The database as one role sees it. No pool leaves this file: whoever reads says for which tenant, or that the table has none. */
export interface Database {
  /**
   * Runs `work` in one transaction whose row level security shows only this institution. The setting ends with the
   * transaction, so a pooled connection never carries it on. Rejects with what `work` throws; nothing is then written.
   */
  asTenant<T>(institutionId: number, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** The same for the tables without an institution (accounts, sessions, staff, durable); tenant tables raise here. */
  untenanted<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** The administrator's URL of the database, as in `DATABASE_URL`; each role's own URL is made from it. */
  readonly url: string;
  /** The secret from which role passwords are derived. */
  readonly secret: string;
  readonly role: DatabaseRole;
  /** Shown in pg_stat_activity: `rollcall web`. */
  readonly applicationName: string;
  readonly connectionsMax?: number;
}

export function openDatabase(options: DatabaseOptions): Database {
  const client = postgres(roleUrl(options), {
    max: options.connectionsMax ?? 10,
    idle_timeout: 60,
    ...RECONNECTION,
    onnotice: () => {},
    connection: { application_name: options.applicationName, plan_cache_mode: "force_custom_plan" },
  });
  const pool: PostgresJsDatabase<typeof schema> = drizzle(client, { schema });
  return {
    asTenant: (institutionId, work) =>
      pool.transaction(async (tx) => {
        await tx.execute(sql`select set_config('app.institution_id', ${String(institutionId)}, true)`);
        return work(tx);
      }),
    untenanted: (work) => pool.transaction(work),
    close: () => client.end({ timeout: 5 }),
  };
}
