import type { Sql } from "postgres";

export interface Retention {
  /** How long ended runs can be looked at. */
  readonly runDays: number;
  /** How long events are kept after they were fanned out. */
  readonly eventDays: number;
}

/** Deletes what nobody needs any more, a few thousand rows at a time; one worker does it, the others pass by. */
export async function keepHouse(sql: Sql, retention: Retention): Promise<void> {
  await sql.begin(async (tx) => {
    const [lock] = await tx<{ mine: boolean }[]>`
      select pg_try_advisory_xact_lock(hashtextextended('durable housekeeping', 0)) as mine`;
    if (lock?.mine !== true) return;
    await tx`delete from durable.keys where expires_at < durable.now_()`;
    await tx`delete from durable.throttles where tat < durable.now_() - interval '1 day'`;
    await tx`
      delete from durable.events where id in (
        select id from durable.events
        where received_at < durable.now_() - ${retention.eventDays} * interval '1 day' and fanned_out_at is not null limit 5000)`;
    await tx`
      delete from durable.jobs where id in (
        select id from durable.jobs
        where ended_at < durable.now_() - ${retention.runDays} * interval '1 day' order by ended_at limit 5000 for update skip locked)`;
  });
}
