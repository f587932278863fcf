import type { Sql } from "postgres";
import { failureOf } from "@/server/failure";
import { log } from "@/server/log";
import { retry } from "./commit";
import type { FunctionSpec } from "./function-spec";
import type { Held } from "./lease";
import { isOutage, transact } from "./transact";

interface Expired {
  readonly id: string;
  readonly run_id: string;
  readonly step_id: string;
  readonly fn_id: string;
  readonly attempt: number;
  readonly lease: string;
  readonly leased_at: Date;
}

/** How long a call that cannot be taken back is left alone. */
const PUT_OFF = "1 minute";

/**
 * Takes back the calls whose lease ran out: the worker died or froze, which costs an attempt like any failure, and the call
 * is due again at once. One that cannot be taken back is put off alone, so that it holds nobody else up. Answers how many were
 * taken back.
 */
export async function reap(sql: Sql, functions: ReadonlyMap<string, FunctionSpec>): Promise<number> {
  const expired = await sql<Expired[]>`
    select id::text, run_id, step_id, fn_id, attempt, lease::text, leased_at from durable.queue
    where lease is not null and lease_until <= (select durable.now_()) order by lease_until limit 100`;
  let taken = 0;
  for (const row of expired) {
    const spec = functions.get(row.fn_id);
    try {
      if (spec === undefined) await leave(sql, row);
      else if (await takeBack(sql, row, spec)) taken += 1;
    } catch (cause) {
      if (isOutage(cause)) throw cause;
      log.error({ run: row.run_id, ...failureOf(cause) }, "durable call could not be taken back");
      await putOff(sql, row);
    }
  }
  return taken;
}

async function takeBack(sql: Sql, row: Expired, spec: FunctionSpec): Promise<boolean> {
  const held: Held = {
    id: row.id,
    runId: row.run_id,
    stepId: row.step_id,
    fnId: row.fn_id,
    attempt: row.attempt,
    lease: row.lease,
    limited: false,
  };
  return transact(sql, async (tx) => {
    await tx`select 1 from durable.jobs where id = ${row.run_id} for update`;
    const still = await tx`
      select 1 from durable.queue
      where id = ${row.id}::text::bigint and lease = ${row.lease} and lease_until <= (select durable.now_()) for update`;
    if (still.length === 0) return false;
    await retry(
      tx,
      { held, spec, startedAt: row.leased_at },
      {
        error: { name: "LeaseExpired", message: "The worker died or froze while it was doing this" },
        after: { afterMs: 0 },
        op: null,
        kind: "lease.expired",
      },
    );
    return true;
  });
}

/** A call of a function that no deployment has any more waits, without a lease, for one that has it again. */
async function leave(sql: Sql, row: Expired): Promise<void> {
  await sql`
    update durable.queue set lease = null, lease_until = null, owner = null, run_at = durable.now_() + ${PUT_OFF}::text::interval
    where id = ${row.id}::text::bigint and lease = ${row.lease} and lease_until <= (select durable.now_())`;
}

/** The lease stays, so that nobody takes the call as free. */
async function putOff(sql: Sql, row: Expired): Promise<void> {
  await sql`
    update durable.queue set lease_until = durable.now_() + ${PUT_OFF}::text::interval
    where id = ${row.id}::text::bigint and lease = ${row.lease} and lease_until <= (select durable.now_())`;
}
