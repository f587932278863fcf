import type { Sql } from "postgres";
import { nextTick } from "./cron";
import type { FunctionSpec } from "./function-spec";
import { clock } from "./registry";
import { createRun } from "./run";
import { transact } from "./transact";

/**
 * Starts the runs of schedules that are due. However many ticks were missed, one run starts. The row's lock and the move of
 * `next_at` in the same transaction make any number of workers fire a tick once. Answers how many started.
 */
export async function startScheduled(sql: Sql, functions: ReadonlyMap<string, FunctionSpec>): Promise<number> {
  return transact(sql, async (tx) => {
    const due = await tx<{ fn_id: string; cron: string; next_at: Date }[]>`
      select fn_id, cron, next_at from durable.crons
      where next_at <= (select durable.now_()) and fn_id = any(${[...functions.keys()]})
      order by next_at limit 20 for update skip locked`;
    for (const tick of due) {
      const spec = functions.get(tick.fn_id);
      if (spec === undefined) continue;
      const now = await clock(tx);
      await tx`
        update durable.crons set next_at = ${nextTick(tick.cron, now)} where fn_id = ${tick.fn_id} and cron = ${tick.cron}`;
      const id = `${tick.fn_id}:${tick.cron}:${tick.next_at.toISOString()}`;
      await createRun(tx, { spec, event: { id, name: "inngest/scheduled.timer", data: { cron: tick.cron }, ts: tick.next_at.getTime() } });
    }
    return due.length;
  });
}
