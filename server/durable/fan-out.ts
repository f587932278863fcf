import type { Sql } from "postgres";
import { expression } from "./expression";
import type { FunctionSpec } from "./function-spec";
import { createRun, type StoredEvent } from "./run";
import { isOutage, type Tx, transact } from "./transact";

export interface EventRow {
  readonly item: string;
  readonly id: string;
  readonly given_id: string | null;
  readonly name: string;
  readonly data: unknown;
  readonly user: unknown;
  readonly v: string | null;
  readonly ts: string;
}

/**
 * Turns waiting events, oldest first, into what they cause: new runs, and for existing runs items of their own (a wait that
 * is over, a cancellation), because one transaction touches one existing run. All or nothing per transaction. An event that
 * throws is put off alone. Answers how many were taken.
 */
export async function fanOut(sql: Sql, functions: ReadonlyMap<string, FunctionSpec>, batch: number): Promise<number> {
  let failing: string | null = null;
  try {
    return await transact(sql, async (tx) => {
      const rows = await nextEvents(tx, batch);
      for (const row of rows) {
        failing = row.item;
        await fanOutOne(tx, functions, row);
      }
      if (rows.length > 0) {
        await tx`delete from durable.queue where id = any(${rows.map((row) => row.item)}::text[]::bigint[])`;
        await tx`update durable.events set fanned_out_at = durable.now_() where id = any(${rows.map((row) => row.id)})`;
        if (rows.length > 1) await tx`select pg_notify('durable', '')`;
      }
      return rows.length;
    });
  } catch (cause) {
    // An outage is nobody's fault: the event is as good as before.
    if (failing === null || isOutage(cause)) throw cause;
    await postpone(sql, failing, cause);
    throw cause;
  }
}

/** The oldest waiting events, locked; those that another worker has are passed by. */
export async function nextEvents(tx: Tx, batch: number): Promise<EventRow[]> {
  return tx<EventRow[]>`
    select q.id::text as item, e.id, e.given_id, e.name, e.data, e."user", e.v, e.ts::text
    from durable.queue q join durable.events e on e.id = q.event_id
    where q.kind = 'event' and q.run_at <= (select durable.now_())
    order by q.id limit ${batch}
    for update of q skip locked`;
}

async function fanOutOne(tx: Tx, functions: ReadonlyMap<string, FunctionSpec>, row: EventRow): Promise<void> {
  const event = storedEvent(row);
  // Cancellations before new runs: an event does not cancel the run that it starts.
  for (const spec of functions.values()) await cancelRuns(tx, spec, event);
  await endWaits(tx, event);
  for (const spec of functions.values()) {
    const starts = spec.events.some((trigger) => trigger.name === event.name && (trigger.when === null || trigger.when.matches({ event })));
    if (starts) await createRun(tx, { spec, event });
  }
}

export function storedEvent(row: EventRow): StoredEvent {
  return {
    id: row.given_id ?? row.id,
    name: row.name,
    data: row.data,
    ts: Number(row.ts),
    ...(row.user === null ? {} : { user: row.user }),
    ...(row.v === null ? {} : { v: row.v }),
  };
}

async function cancelRuns(tx: Tx, spec: FunctionSpec, event: StoredEvent): Promise<void> {
  for (const cancel of spec.cancelOn) {
    if (cancel.event !== event.name) continue;
    const active = await tx<{ id: string; event: StoredEvent }[]>`
      select id, events -> 0 as event from durable.jobs
      where fn_id = ${spec.id} and status in ('queued', 'running')
        and (${cancel.withinMs}::float8 is null or created_at + ${cancel.withinMs} * interval '1 millisecond' > (select durable.now_()))`;
    const matching = active.filter((run) => cancel.when === null || cancel.when.matches({ event: run.event, async: event }));
    if (matching.length === 0) continue;
    await tx`
      insert into durable.queue (kind, run_id, run_at, payload)
      select 'cancel', id, durable.now_(), jsonb_build_object('reason', ${`event ${event.name}`}::text)
      from unnest(${matching.map((run) => run.id)}::text[]) id
      on conflict (run_id, step_id, kind) do nothing`;
  }
}

async function endWaits(tx: Tx, event: StoredEvent): Promise<void> {
  const waiting = await tx<{ run_id: string; step_id: string; expression: string | null; event: StoredEvent }[]>`
    select w.run_id, w.step_id, w.expression, j.events -> 0 as event
    from durable.waits w join durable.jobs j on j.id = w.run_id
    where w.event = ${event.name} and w.expires_at > (select durable.now_())`;
  for (const wait of waiting) {
    if (wait.expression !== null && !expression(wait.expression).matches({ event: wait.event, async: event })) continue;
    await tx`
      insert into durable.queue (kind, run_id, step_id, run_at, payload)
      values ('resume', ${wait.run_id}, ${wait.step_id}, durable.now_(), ${JSON.stringify({ event })}::text::jsonb)
      on conflict (run_id, step_id, kind) do nothing`;
  }
}

/** Puts an item off that could not be done, a little longer each time. */
export async function postpone(sql: Sql, item: string, cause: unknown): Promise<void> {
  const message = cause instanceof Error ? cause.message : String(cause);
  await sql`
    update durable.queue set failures = failures + 1, last_error = jsonb_build_object('error', ${message}::text),
      run_at = durable.now_() + least(300, power(2, failures)) * interval '1 second'
    where id = ${item}::text::bigint`;
}
