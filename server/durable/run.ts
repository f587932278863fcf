import type { FunctionSpec } from "./function-spec";
import type { Tx } from "./transact";
import { visibleError } from "./visible-error";

/** An event as a function sees it. */
export interface StoredEvent {
  readonly id: string;
  readonly name: string;
  readonly data: unknown;
  readonly ts: number;
  readonly user?: unknown;
  readonly v?: string;
}

/** An error as it is kept and handed back to functions. */
export interface StoredError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: unknown;
}

export interface NewRun {
  readonly spec: FunctionSpec;
  readonly event: StoredEvent;
  readonly parent?: { readonly runId: string; readonly stepId: string };
  readonly retry?: { readonly of: string; readonly reason: string; readonly by: string };
}

/**
 * Makes a run and its first call, at the moment that the function's throttle allows. Null when the function's idempotency key
 * was seen within 24 hours; an event whose key has no value always makes one. Locks no existing run.
 */
export async function createRun(tx: Tx, run: NewRun): Promise<string | null> {
  const { spec, event } = run;
  const [made] = await tx<{ id: string }[]>`select uuidv7()::text as id`;
  if (made === undefined) throw new Error("No id");
  if (spec.idempotency !== null && run.retry === undefined) {
    const key = spec.idempotency.key({ event });
    if (key !== null && !(await once(tx, { key: `run:${spec.id}:${key}`, holder: made.id }))) return null;
  }
  const { keys, limits } = concurrencyKeys(spec, event);
  const startAt = await throttledStart(tx, spec, event);
  await tx`
    with job as (
      insert into durable.jobs (id, fn_id, events, ckeys, climits, parent_run, parent_step, retry_of, reason, asked_by, created_at)
      values (${made.id}, ${spec.id}, ${JSON.stringify([event])}::text::jsonb, ${keys}, ${limits}, ${run.parent?.runId ?? null},
        ${run.parent?.stepId ?? null}, ${run.retry?.of ?? null}, ${run.retry?.reason ?? null}, ${run.retry?.by ?? null}, durable.now_())
      returning id, fn_id, age, ckeys, climits
    )
    insert into durable.queue (kind, run_id, fn_id, age, run_at, ckeys, climits)
    select 'exec', id, fn_id, age, coalesce(${startAt}::timestamptz, durable.now_()), ckeys, climits from job`;
  return made.id;
}

/** Takes `key` for 24 hours; false when somebody has it. */
async function once(tx: Tx, claim: { key: string; holder: string }): Promise<boolean> {
  const taken = await tx`
    insert into durable.keys as k (key, holder, expires_at) values (${claim.key}, ${claim.holder}, durable.now_() + interval '24 hours')
    on conflict (key) do update set holder = excluded.holder, expires_at = excluded.expires_at where k.expires_at <= durable.now_()
    returning 1`;
  return taken.length > 0;
}

/** What events share whose key has no value: they are limited together. */
const NO_VALUE = "false";

/** Keys of scope env or account are shared by all functions that write the same key. */
function concurrencyKeys(spec: FunctionSpec, event: StoredEvent): { keys: string[]; limits: number[] } {
  const keys: string[] = [];
  const limits: number[] = [];
  for (const limit of spec.concurrency) {
    const owner = limit.scope === "fn" ? `fn:${spec.id}` : limit.scope;
    keys.push(limit.key === null ? owner : `${owner}:${limit.key.key({ event }) ?? NO_VALUE}`);
    limits.push(limit.limit);
  }
  return { keys, limits };
}

/**
 * Generic cell rate algorithm with one row per key: runs are spaced by period/limit, and up to `burst` may start at once.
 * Null when the function has no throttle.
 */
async function throttledStart(tx: Tx, spec: FunctionSpec, event: StoredEvent): Promise<Date | null> {
  const throttle = spec.throttle;
  if (throttle === null) return null;
  const key = `${spec.id}:${throttle.key === null ? "" : (throttle.key.key({ event }) ?? NO_VALUE)}`;
  const spacing = `${throttle.periodMs / throttle.limit} milliseconds`;
  const [row] = await tx<{ start: Date }[]>`
    with arrival as (select durable.now_() as now, ${spacing}::text::interval as spacing)
    insert into durable.throttles as t (key, tat) select ${key}, now + spacing from arrival
    on conflict (key) do update set tat = greatest(t.tat, (select now from arrival)) + (select spacing from arrival)
    returning greatest(durable.now_(), t.tat - ${throttle.burst} * (select spacing from arrival)) as start`;
  return row?.start ?? null;
}

export type Ending =
  | { readonly status: "completed"; readonly output: unknown }
  | { readonly status: "failed"; readonly error: StoredError }
  | { readonly status: "cancelled"; readonly reason: string; readonly by: string | null };

/**
 * Ends a run whose row the caller has locked: nothing of it is queued or waited for any more, its parent is told, and a
 * failure or cancellation becomes an event, from which onFailure handlers start.
 */
export async function endRun(tx: Tx, runId: string, ending: Ending): Promise<void> {
  const output = ending.status === "completed" ? JSON.stringify(ending.output ?? null) : null;
  const error =
    ending.status === "failed"
      ? ending.error
      : ending.status === "cancelled"
        ? { name: "CancelledError", message: ending.reason === "" ? "The run was cancelled" : `The run was cancelled: ${ending.reason}` }
        : null;
  await tx`delete from durable.queue where run_id = ${runId} and kind <> 'retry'`;
  await tx`delete from durable.waits where run_id = ${runId}`;
  const [job] = await tx<{ fn_id: string; events: StoredEvent[]; parent_run: string | null; parent_step: string | null; age: string }[]>`
    update durable.jobs set status = ${ending.status}, output = ${output}::text::json, error = ${error === null ? null : JSON.stringify(error)}::text::json,
      reason = coalesce(${ending.status === "cancelled" ? ending.reason : null}::text, reason),
      asked_by = coalesce(${ending.status === "cancelled" ? ending.by : null}::text, asked_by), ended_at = durable.now_()
    where id = ${runId}
    returning fn_id, events, parent_run, parent_step, age`;
  if (job === undefined) return;
  await tx`
    insert into durable.history (run_id, at, kind, detail)
    values (${runId}, durable.now_(), ${`run.${ending.status}`}, ${error === null ? null : detail(visibleError(error))}::text::jsonb)`;
  if (job.parent_run !== null && job.parent_step !== null) {
    await tx`
      insert into durable.queue (kind, run_id, step_id, age, run_at, payload)
      values ('child', ${job.parent_run}, ${job.parent_step}, ${job.age}, durable.now_(), ${JSON.stringify({ child: runId })}::text::jsonb)
      on conflict (run_id, step_id, kind) do nothing`;
  }
  if (error !== null) await announce(tx, ending.status === "failed" ? "failed" : "cancelled", { runId, job, error });
}

async function announce(
  tx: Tx,
  what: "failed" | "cancelled",
  about: { runId: string; job: { fn_id: string; events: StoredEvent[] }; error: StoredError },
): Promise<void> {
  const data = {
    function_id: about.job.fn_id,
    run_id: about.runId,
    error: about.error,
    event: about.job.events[0],
    events: about.job.events,
  };
  await tx`select durable.emit(${`inngest/function.${what}`}::text, ${detail(data)}::text::jsonb)`;
}

/** JSON for a jsonb column, which unlike json cannot hold NUL. */
export function detail(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === "string" ? part.replaceAll("\u0000", "\uFFFD") : part));
}
