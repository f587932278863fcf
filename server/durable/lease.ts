import { randomUUID } from "node:crypto";
import type { PendingQuery, Row, Sql } from "postgres";
import { type Tx, transact } from "./transact";

/** One call of a function that this worker holds under a lease. */
export interface Held {
  readonly id: string;
  readonly runId: string;
  /** Empty for the call that discovers what comes next. */
  readonly stepId: string;
  readonly fnId: string;
  /** 0 for the first. */
  readonly attempt: number;
  readonly lease: string;
  readonly limited: boolean;
}

export interface ClaimOptions {
  readonly worker: string;
  /** Functions that this process can run; items of others are left to those that know them. */
  readonly functions: readonly string[];
  readonly count: number;
  readonly leaseMs: number;
  /** Whether any waiting call is under a concurrency limit: only then are limits looked at. */
  readonly limited: boolean;
}

interface Candidate {
  readonly id: string;
  readonly ckeys: string[];
  readonly climits: number[];
}

/**
 * Takes up to `count` due calls, oldest run first, none that would exceed a concurrency limit. Limits count calls under a
 * live lease, so a dead worker's slots free themselves; the count is made under one advisory lock per key.
 */
export async function claim(sql: Sql, options: ClaimOptions): Promise<Held[]> {
  if (!options.limited) return take(sql, options, candidates(sql, options));
  return transact(sql, async (tx) => {
    const found = await tx<Candidate[]>`${candidates(tx, options)}`;
    const chosen = found.some((each) => each.ckeys.length > 0) ? await withinLimits(tx, found) : found;
    if (chosen.length === 0) return [];
    return take(tx, options, tx`select unnest(${chosen.map((each) => each.id)}::text[]::bigint[])::text as id`);
  });
}

function candidates(sql: Sql | Tx, options: ClaimOptions) {
  return sql`
    select id::text, ckeys, climits from durable.queue q
    where kind = 'exec' and lease is null and run_at <= (select durable.now_()) and fn_id = any(${[...options.functions]})
      and (ckeys = '{}' or ${options.limited} and not exists (
        select from unnest(q.ckeys, q.climits) mine (key, lim)
        where lim <= (
          select count(*) from durable.queue busy
          where busy.lease is not null and busy.lease_until > (select durable.now_()) and busy.ckeys @> array[mine.key]
        )
      ))
    order by age, id
    limit ${options.count}
    for update of q skip locked`;
}

async function take(sql: Sql | Tx, options: ClaimOptions, chosen: PendingQuery<Row[]>): Promise<Held[]> {
  const lease = randomUUID();
  const held = await sql<{ id: string; run_id: string; step_id: string; fn_id: string; attempt: number; limited: boolean }[]>`
    with chosen as materialized (${chosen})
    update durable.queue q set lease = ${lease}, owner = ${options.worker}, dirty = false, leased_at = (select durable.now_()), beat_at = (select durable.now_()),
      lease_until = (select durable.now_()) + ${`${options.leaseMs} milliseconds`}::text::interval
    from chosen where q.id = chosen.id::bigint
    returning q.id::text, run_id, step_id, fn_id, attempt, q.ckeys <> '{}' as limited`;
  return held.map((row) => ({
    id: row.id,
    runId: row.run_id,
    stepId: row.step_id,
    fnId: row.fn_id,
    attempt: row.attempt,
    lease,
    limited: row.limited,
  }));
}

async function withinLimits(tx: Tx, candidates: readonly Candidate[]): Promise<Candidate[]> {
  const keys = [...new Set(candidates.flatMap((each) => each.ckeys))].sort();
  // One statement per key: only that fixes the order in which the locks are taken.
  for (const key of keys) await tx`select pg_advisory_xact_lock(hashtextextended(${`durable:${key}`}, 0))`;
  const counted = await tx<{ key: string; n: number }[]>`
    select key, count(*)::int as n from durable.queue, unnest(ckeys) key
    where lease is not null and lease_until > (select durable.now_()) and key = any(${keys}) group by key`;
  const live = new Map(counted.map((row) => [row.key, row.n]));
  return candidates.filter((each) => {
    if (each.ckeys.some((key, place) => (live.get(key) ?? 0) >= (each.climits[place] ?? 0))) return false;
    for (const key of each.ckeys) live.set(key, (live.get(key) ?? 0) + 1);
    return true;
  });
}

/**
 * Prolongs the leases of what this worker is still doing; answers those that are no longer its own. An item that is locked
 * at this moment is being committed or taken away: the next beat sees which.
 */
export async function heartbeat(sql: Sql, held: readonly Held[], leaseMs: number): Promise<Held[]> {
  const pairs = held.map((each) => `${each.id}:${each.lease}`);
  await sql`
    update durable.queue set beat_at = (select durable.now_()),
      lease_until = (select durable.now_()) + ${`${leaseMs} milliseconds`}::text::interval
    where id in (
      select id from durable.queue where id = any(${held.map((each) => each.id)}::text[]::bigint[]) and id || ':' || lease = any(${pairs})
      for update skip locked
    )`;
  const mine = await sql<{ id: string; lease: string }[]>`
    select id::text, lease::text from durable.queue where id = any(${held.map((each) => each.id)}::text[]::bigint[]) and lease is not null`;
  const still = new Set(mine.map((row) => `${row.id}:${row.lease}`));
  return held.filter((each) => !still.has(`${each.id}:${each.lease}`));
}

/** Gives calls back without counting an attempt: the worker is stopping. What they may still answer is fenced out. */
export async function release(sql: Sql, held: readonly Held[]): Promise<void> {
  for (const each of held) {
    await sql`
      update durable.queue set lease = null, lease_until = null, owner = null
      where id = ${each.id}::text::bigint and lease = ${each.lease}`;
  }
  await sql`select pg_notify('durable', '')`;
}
