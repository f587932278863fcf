import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { OPEN_STATES } from "@/server/roster/run";
import type { OpenSet, SyncContext } from "./context";

/** The run's set is no longer this process's: another worker took it over, or the run has ended. Trying again changes nothing. */
export class SetLost extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SetLost";
  }
}

/** A person asked to cancel the run. */
export class Cancelled extends Error {
  constructor() {
    super("The run was cancelled");
    this.name = "Cancelled";
  }
}

/** What engine connections are called while they hold a fence: whoever takes over finds and ends the older ones by it. */
export const connectionName = (of: { environmentId: number; fence: number }): string => `rollcall:${of.environmentId}:${of.fence}`;

const OpenRow = z.object({ state: z.string(), base_seq: z.number().nullable(), head_seq: z.number(), bucket: z.number() });

/**
 * Makes the open set this process's own (SECURITY.md F5): ends older engine connections of the environment and moves the
 * fence, again and again, until it has moved. Every step begins with it, so two workers on one step cannot both write.
 * Throws SetLost when the run no longer owns the rows above the head.
 */
export async function takeOver(context: SyncContext): Promise<OpenSet> {
  const fence = await moveFence(context);
  return context.databases.engine.asTenant(context.institutionId, async (tx) => {
    const [row] = await read(
      tx,
      OpenRow,
      sql`update runs r set fence = ${fence}, heartbeat_at = clock_timestamp()
          from environments e
          where r.id = ${context.runId} and e.id = r.environment_id
          returning r.state, r.base_seq, e.head_seq, e.bucket`,
    );
    const isOpen = row !== undefined && OPEN_STATES.some((state) => state === row.state) && row.base_seq === row.head_seq;
    if (!isOpen) throw new SetLost(`Run ${context.runId} is ${row?.state ?? "unknown"} and owns no rows above the head`);
    return { ...context, fence, baseSeq: row.head_seq, seq: row.head_seq + 1, bucket: row.bucket, isOwn: row.bucket >= 1000 };
  });
}

/** Moves the environment's fence past every process that still writes, and returns it. */
export async function moveFence(context: Pick<SyncContext, "databases" | "institutionId" | "environmentId">): Promise<number> {
  const { engine } = context.databases;
  for (;;) {
    await engine.asTenant(context.institutionId, (tx) =>
      tx.execute(sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name like ${`rollcall:${context.environmentId}:%`}
          and usename = current_user and pid <> pg_backend_pid()`),
    );
    try {
      return await engine.asTenant(context.institutionId, async (tx) => {
        await tx.execute(sql`set local lock_timeout = '2s'`);
        const [lease] = await read(
          tx,
          z.object({ fence: SqlCount }),
          sql`insert into environment_leases (environment_id, institution_id, fence) values (${context.environmentId}, ${context.institutionId}, 1)
              on conflict (environment_id) do update set fence = environment_leases.fence + 1 returning fence`,
        );
        if (lease === undefined) throw new SetLost("The environment belongs to another institution");
        return lease.fence;
      });
    } catch (cause) {
      if (!isLockTimeout(cause)) throw cause;
    }
  }
}

/**
 * One transaction of the open set: it commits only while the fence is still this process's. What a plan touches lies in memory, so
 * that a few thousand rows are looked up by index instead of reading the roster through.
 */
export function fenced<T>(open: OpenSet, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return open.databases.engine.asTenant(open.institutionId, async (tx) => {
    await tx.execute(sql`select set_config('application_name', ${connectionName(open)}, true), set_config('jit', 'off', true),
      set_config('work_mem', '64MB', true), set_config('random_page_cost', '1.1', true),
      set_config('idle_in_transaction_session_timeout', '60s', true)`);
    const held = await tx.execute(
      sql`select 1 from environment_leases where environment_id = ${open.environmentId} and fence = ${open.fence} for share`,
    );
    if (held.length === 0) throw new SetLost(`Another process took run ${open.runId} over`);
    return work(tx);
  });
}

/** Postgres' lock_timeout, also where the driver wrapped it. */
export function isLockTimeout(cause: unknown): boolean {
  if (typeof cause !== "object" || cause === null) return false;
  if ("code" in cause && cause.code === "55P03") return true;
  return "cause" in cause && isLockTimeout(cause.cause);
}
