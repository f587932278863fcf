import { sql } from "drizzle-orm";
import { Gauge, Registry } from "prom-client";
import { z } from "zod";
import { asVendor } from "./database";
import { jobSummary } from "./services/jobs/summary";

/**
 * What Prometheus reads: how the functions stand, read from the database when asked, so that every process gives the same
 * answer. Durations and lease expiries are of the last hour. Names of functions are the only labels: no ids, no tenants.
 */
export async function metricsText(): Promise<string> {
  const registry = new Registry();
  const gauge = (name: string, help: string, labelNames: string[] = []) => new Gauge({ name, help, labelNames, registers: [registry] });
  const { functions, queue } = await jobSummary();
  const runs = gauge("rollcall_jobs", "Runs of functions by status", ["fn", "status"]);
  const oldest = gauge("rollcall_job_oldest_seconds", "Age of the oldest run that has not ended", ["fn", "status"]);
  for (const { fnId, status, runs: count, oldestMs } of functions) {
    runs.set({ fn: fnId, status }, count);
    if (oldestMs !== null) oldest.set({ fn: fnId, status }, oldestMs / 1000);
  }
  gauge("rollcall_queue_due", "Items that are due and that nobody works on").set(queue.due);
  gauge("rollcall_queue_under_way", "Calls under a lease").set(queue.underWay);
  gauge("rollcall_queue_later", "Items that wait for their time").set(queue.later);
  gauge("rollcall_queue_oldest_due_seconds", "How long the oldest due item has waited").set((queue.oldestDueMs ?? 0) / 1000);
  const hour = await lastHour();
  gauge("rollcall_lease_expiries_last_hour", "Calls whose worker died or froze").set(hour.expiries);
  gauge("rollcall_functions_unregistered_seconds", "How long a real Inngest server, where one is used, has not taken the functions").set(
    hour.unregisteredSeconds,
  );
  const durations = gauge("rollcall_step_duration_seconds", "From taking a step to recording its result", ["fn", "quantile"]);
  for (const { fnId, p50, p95, p99 } of hour.steps) {
    durations.set({ fn: fnId, quantile: "0.5" }, p50);
    durations.set({ fn: fnId, quantile: "0.95" }, p95);
    durations.set({ fn: fnId, quantile: "0.99" }, p99);
  }
  return registry.metrics();
}

async function lastHour() {
  return asVendor(async (tx) => {
    const [expired] = await tx.execute(sql`
      select count(*)::int as n from durable.history
      where kind = 'lease.expired' and at > (select durable.now_()) - interval '1 hour'`);
    const [unregistered] = await tx.execute(sql`
      select coalesce(max(extract(epoch from durable.now_() - since)), 0)::float8 as n from durable.registrations
      where status <> 200 and tried_at > (select durable.now_()) - interval '5 minutes'`);
    const steps = await tx.execute(sql`
      select j.fn_id as "fnId",
        percentile_cont(0.5) within group (order by took) as p50,
        percentile_cont(0.95) within group (order by took) as p95,
        percentile_cont(0.99) within group (order by took) as p99
      from (
        select run_id, extract(epoch from at - started_at)::float8 as took from durable.history
        where kind = 'step.done' and attempt is not null and at > (select durable.now_()) - interval '1 hour'
      ) done join durable.jobs j on j.id = done.run_id
      group by j.fn_id order by j.fn_id`);
    return {
      expiries: Count.parse(expired).n,
      unregisteredSeconds: Count.parse(unregistered).n,
      steps: z.array(Duration).parse([...steps]),
    };
  });
}

const Count = z.object({ n: z.number() });
const Duration = z.object({ fnId: z.string(), p50: z.number(), p95: z.number(), p99: z.number() });
