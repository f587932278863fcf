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
 * Writes down the functions of an app, forgets those that it no longer has, and sets their schedules. A schedule that is
 * already known keeps its next tick, so a restart neither loses nor repeats one.
 */
export async function register(sql: Sql, registration: Registration): Promise<readonly FunctionSpec[]> {
  const specs = registration.configs.map(functionSpec);
  await transact(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended('durable registration', 0))`;
    const ids = specs.map((spec) => spec.id);
    await tx`delete from durable.functions where app = ${registration.app} and not fn_id = any(${ids})`;
    for (const config of registration.configs) {
      await tx`
        insert into durable.functions (fn_id, app, config, synced_at)
        values (${config.id}, ${registration.app}, ${JSON.stringify(config)}::text::jsonb, durable.now_())
        on conflict (fn_id) do update set app = excluded.app, config = excluded.config, synced_at = excluded.synced_at`;
    }
    await setSchedules(tx, specs);
  });
  return specs;
}

async function setSchedules(tx: Tx, specs: readonly FunctionSpec[]): Promise<void> {
  const now = await clock(tx);
  await tx`delete from durable.crons c where not exists (select from durable.functions f where f.fn_id = c.fn_id)`;
  for (const spec of specs) {
    await tx`delete from durable.crons where fn_id = ${spec.id} and not cron = any(${[...spec.crons]})`;
    for (const cron of spec.crons) {
      await tx`
        insert into durable.crons (fn_id, cron, next_at) values (${spec.id}, ${cron}, ${nextTick(cron, now)})
        on conflict (fn_id, cron) do nothing`;
    }
  }
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
