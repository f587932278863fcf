import type { Sql } from "postgres";
import { retry } from "./commit";
import type { FunctionSpec } from "./function-spec";
import type { Held } from "./lease";
import { transact } from "./transact";

interface Expired {
  readonly id: string;
  readonly run_id: string;
  readonly step_id: string;
  readonly fn_id: string;
  readonly attempt: number;
  readonly lease: string;
  readonly leased_at: Date;
}

/**
 * Takes back the calls whose lease ran out: the worker died or froze, which costs an attempt like any failure, and the call
 * is due again at once. Answers how many there were.
 */
export async function reap(sql: Sql, functions: ReadonlyMap<string, FunctionSpec>): Promise<number> {
  const expired = await sql<Expired[]>`
    select id::text, run_id, step_id, fn_id, attempt, lease::text, leased_at from durable.queue
    where lease is not null and lease_until <= (select durable.now_()) order by lease_until limit 100`;
  let taken = 0;
  for (const row of expired) {
    const spec = functions.get(row.fn_id);
    if (spec === undefined) continue;
    const held: Held = {
      id: row.id,
      runId: row.run_id,
      stepId: row.step_id,
      fnId: row.fn_id,
      attempt: row.attempt,
      lease: row.lease,
      limited: false,
    };
    taken += await transact(sql, async (tx) => {
      await tx`select 1 from durable.jobs where id = ${row.run_id} for update`;
      const still = await tx`
        select 1 from durable.queue
        where id = ${row.id}::text::bigint and lease = ${row.lease} and lease_until <= (select durable.now_()) for update`;
      if (still.length === 0) return 0;
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
      return 1;
    });
  }
  return taken;
}
