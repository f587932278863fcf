import type { Sql } from "postgres";
import { nextTick } from "./cron";
import { type FunctionSpec, functionSpec } from "./function-spec";
import type { Tx } from "./transact";
import { transact } from "./transact";

/** What an app says about itself when it is registered. */
export interface Registration {
  readonly app: string;
  readonly configs: readonly { readonly id: string }[];
}

/** All registered functions, as the database knows them: an event must reach those of a newer deployment too. */
export interface Registry {
  readonly byId: ReadonlyMap<string, FunctionSpec>;
  readonly version: string;
}

/**
 * Writes down the functions of an app as this worker has them, carried by it for `carriedMs`, and sets their schedules. Those that
 * it does not have stay: a newer worker may. A schedule that is already known keeps its next tick, so a restart neither loses nor
 * repeats one.
 */
export async function register(sql: Sql, registration: Registration, carriedMs: number): Promise<void> {
  const specs = registration.configs.map(functionSpec);
  await transact(sql, async (tx) => {
    await lockRegistry(tx);
    for (const config of registration.configs) {
      await tx`
        insert into durable.functions (fn_id, app, config, synced_at, carried_until)
        values (${config.id}, ${registration.app}, ${JSON.stringify(config)}::text::jsonb, durable.now_(),
          durable.now_() + ${`${carriedMs} milliseconds`}::text::interval)
        on conflict (fn_id) do update set app = excluded.app, config = excluded.config, synced_at = excluded.synced_at,
          carried_until = excluded.carried_until`;
    }
    await setSchedules(tx, specs);
  });
}

async function setSchedules(tx: Tx, specs: readonly FunctionSpec[]): Promise<void> {
  const now = await clock(tx);
  for (const spec of specs) {
    await tx`delete from durable.crons where fn_id = ${spec.id} and not cron = any(${[...spec.crons]})`;
    for (const cron of spec.crons) {
      await tx`
        insert into durable.crons (fn_id, cron, next_at) values (${spec.id}, ${cron}, ${nextTick(cron, now)})
        on conflict (fn_id, cron) do nothing`;
    }
  }
}

/** Says that a living worker carries these functions for so long; false when one of them was forgotten meanwhile. */
export async function carry(sql: Sql, functions: readonly string[], carriedMs: number): Promise<boolean> {
  return transact(sql, async (tx) => {
    await lockRegistry(tx);
    const carried = await tx`
      update durable.functions set carried_until = durable.now_() + ${`${carriedMs} milliseconds`}::text::interval
      where fn_id = any(${[...functions]}) returning 1`;
    return carried.length === functions.length;
  });
}

/** Forgets the functions of an app, and their schedules, that no living worker carries; answers which. Never those of `own`. */
export async function forget(sql: Sql, of: { app: string; own: readonly string[] }): Promise<string[]> {
  return transact(sql, async (tx) => {
    await lockRegistry(tx);
    const gone = await tx<{ fn_id: string }[]>`
      delete from durable.functions
      where app = ${of.app} and not fn_id = any(${[...of.own]}) and carried_until <= (select durable.now_()) returning fn_id`;
    const ids = gone.map((row) => row.fn_id);
    if (ids.length > 0) await tx`delete from durable.crons where fn_id = any(${ids})`;
    return ids;
  });
}

/** One worker at a time: two that touch the same rows in different orders would wait for each other. */
async function lockRegistry(tx: Tx): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended('durable registration', 0))`;
}

/** The registry as it is now; `known` itself while nothing was registered since. */
export async function currentRegistry(sql: Sql, known: Registry | null): Promise<Registry> {
  const [stamp] = await sql<{ version: string }[]>`
    select count(*) || ' ' || coalesce(max(synced_at)::text, '') as version from durable.functions`;
  const version = stamp?.version ?? "";
  if (known !== null && known.version === version) return known;
  const rows = await sql<{ config: { id: string } }[]>`select config from durable.functions order by fn_id`;
  return { version, byId: new Map(rows.map(({ config }) => [config.id, functionSpec(config)])) };
}

/** The executor's clock, which is the database's. */
export async function clock(sql: Sql | Tx): Promise<Date> {
  const [row] = await sql<{ now: Date }[]>`select durable.now_() as now`;
  if (row === undefined) throw new Error("The database has no clock");
  return row.now;
}
