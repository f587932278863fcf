import type { Sql } from "postgres";

/** Which kinds of work are due, so that a turn asks only for what there is. */
export interface Due {
  readonly schedules: boolean;
  readonly controls: boolean;
  readonly events: boolean;
  readonly expired: boolean;
  /** Whether any waiting call is under a concurrency limit. */
  readonly limited: boolean;
}

export async function whatIsDue(sql: Sql): Promise<Due> {
  const [due] = await sql<Due[]>`
    with clock as materialized (select durable.now_() as now)
    select exists (select from durable.crons where next_at <= (select now from clock)) as schedules,
      exists (select from durable.queue where kind <> 'exec' and kind <> 'event' and run_at <= (select now from clock)) as controls,
      exists (select from durable.queue where kind = 'event' and run_at <= (select now from clock)) as events,
      exists (select from durable.queue where lease is not null and lease_until <= (select now from clock)) as expired,
      exists (select from durable.queue where kind = 'exec' and lease is null and ckeys <> '{}' and run_at <= (select now from clock)) as limited`;
  return due ?? { schedules: false, controls: false, events: false, expired: false, limited: false };
}

/** Milliseconds until something becomes due by itself; null when nothing will. */
export async function untilNextMs(sql: Sql, functions: readonly string[]): Promise<number | null> {
  const [next] = await sql<{ ms: number | null }[]>`
    with clock as materialized (select durable.now_() as now)
    select (extract(epoch from least(
      (select min(next_at) from durable.crons where fn_id = any(${[...functions]})),
      (select min(run_at) from durable.queue where kind <> 'exec' and kind <> 'event'),
      (select min(run_at) from durable.queue where kind = 'event' and run_at > (select now from clock)),
      (select min(run_at) from durable.queue
        where kind = 'exec' and lease is null and run_at > (select now from clock) and fn_id = any(${[...functions]})),
      (select min(lease_until) from durable.queue where lease is not null)
    ) - (select now from clock)) * 1000)::float8 as ms`;
  return next?.ms ?? null;
}
