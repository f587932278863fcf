import type { Sql, TransactionSql } from "postgres";
import postgres from "postgres";

/** One open transaction of the executor. */
export type Tx = TransactionSql;

const AGAIN = new Set(["40P01", "40001"]);

/**
 * One transaction, tried again when Postgres ended it for the sake of another one. Every such transaction locks at most one
 * existing run, and that run's row before anything else.
 */
export async function transact<T>(sql: Sql, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let trial = 1; ; trial += 1) {
    try {
      return (await sql.begin(work)) as T;
    } catch (cause) {
      if (trial >= 5 || !(cause instanceof postgres.PostgresError) || !AGAIN.has(cause.code)) throw cause;
    }
  }
}

/** Whether the failure is the connection's or the server's own (restarting, shutting down), not that of the statement. */
export function isOutage(cause: unknown): boolean {
  if (!(cause instanceof Error) || !("code" in cause) || typeof cause.code !== "string") return false;
  if (cause.code.startsWith("08") || cause.code.startsWith("57P") || cause.code === "53300") return true;
  return [
    "CONNECTION_CLOSED",
    "CONNECTION_ENDED",
    "CONNECTION_DESTROYED",
    "CONNECT_TIMEOUT",
    "ECONNREFUSED",
    "ECONNRESET",
    "EPIPE",
  ].includes(cause.code);
}
