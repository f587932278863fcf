import type { Moment } from "./duration";
import { moment } from "./duration";
import { expression } from "./expression";
import type { FunctionSpec } from "./function-spec";
import type { Op } from "./outcome";
import { createRun, detail, type StoredError } from "./run";
import type { Tx } from "./transact";

const OUTPUT_BYTES_MAX = 4 * 1024 * 1024;

/** How a step ended, in the shape in which functions are given it again. */
export type StepResult = { readonly data: unknown } | { readonly error: StoredError };

export interface RunAtHand {
  readonly runId: string;
  readonly functions: ReadonlyMap<string, FunctionSpec>;
  readonly race: boolean;
}

/**
 * Writes down that a step is done. The first result of a step stands for ever: a later one changes nothing and answers false.
 * The caller has locked the run.
 */
export async function finishStep(tx: Tx, runId: string, step: { op: Op | null; stepId: string; result: StepResult }): Promise<boolean> {
  const text = JSON.stringify(step.result);
  const stored =
    Buffer.byteLength(text) > OUTPUT_BYTES_MAX
      ? JSON.stringify({ error: { name: "StepOutputTooLarge", message: "The step returned more than 4 MB" } })
      : text;
  const written = await tx`
    insert into durable.steps as s (run_id, step_id, op, name, label, status, result, seq, planned_at, done_at)
    values (${runId}, ${step.stepId}, ${step.op?.op ?? "StepRun"}, ${step.op?.name ?? null}, ${step.op?.label ?? null}, 'done',
      ${stored}::text::json, nextval('durable.step_order'), durable.now_(), durable.now_())
    on conflict (run_id, step_id) do update set status = 'done', result = excluded.result, seq = excluded.seq, done_at = excluded.done_at,
      label = coalesce(s.label, excluded.label)
    where s.status = 'pending'
    returning 1`;
  return written.length > 0;
}

/**
 * Writes down a step that is to be done, and what will do it: a call, a timer, a wait, another run. A stale reply names steps
 * again that are known; those change nothing. The caller has locked the run.
 */
export async function planStep(tx: Tx, run: RunAtHand, op: Op): Promise<void> {
  const planned = await tx`
    insert into durable.steps (run_id, step_id, op, name, label, status, race, planned_at)
    values (${run.runId}, ${op.id}, ${op.op}, ${op.name}, ${op.label}, 'pending', ${run.race || op.opts.parallelMode === "race"}, durable.now_())
    on conflict (run_id, step_id) do nothing returning 1`;
  if (planned.length === 0) return;
  try {
    await begin(tx, run, op);
  } catch (cause) {
    if (!(cause instanceof UnusableStep)) throw cause;
    await finishStep(tx, run.runId, { op, stepId: op.id, result: { error: { name: "UnusableStepError", message: cause.message } } });
    await discoverNext(tx, run.runId);
  }
}

class UnusableStep extends Error {}

async function begin(tx: Tx, run: RunAtHand, op: Op): Promise<void> {
  switch (op.op) {
    case "StepPlanned":
      await tx`
        insert into durable.queue (kind, run_id, step_id, fn_id, age, run_at, ckeys, climits)
        select 'exec', id, ${op.id}, fn_id, age, durable.now_(), ckeys, climits from durable.jobs where id = ${run.runId}
        on conflict (run_id, step_id, kind) do nothing`;
      return;
    case "Sleep":
      return setTimer(tx, run.runId, { op, until: readable(() => moment(op.name ?? "")) });
    case "WaitForEvent": {
      const condition = typeof op.opts.if === "string" && op.opts.if !== "" ? op.opts.if : null;
      if (condition !== null) readable(() => expression(condition));
      const until = readable(() => moment(String(op.opts.timeout ?? "")));
      await setTimer(tx, run.runId, { op, until });
      await tx`
        insert into durable.waits (run_id, step_id, event, expression, expires_at)
        select run_id, step_id, ${op.name ?? ""}, ${condition}, run_at from durable.queue
        where run_id = ${run.runId} and step_id = ${op.id} and kind = 'timer'`;
      return;
    }
    case "InvokeFunction":
      return invoke(tx, run, op);
    default:
      throw new UnusableStep(`The embedded executor does not carry the operation "${op.op}" (step "${op.label ?? op.id}")`);
  }
}

async function invoke(tx: Tx, run: RunAtHand, op: Op): Promise<void> {
  const target = String(op.opts.function_id ?? "");
  const spec = run.functions.get(target);
  if (spec === undefined) throw new UnusableStep(`There is no function "${target}" to invoke`);
  const payload = typeof op.opts.payload === "object" && op.opts.payload !== null ? op.opts.payload : {};
  const data = "data" in payload && payload.data !== undefined ? payload.data : {};
  const [made] = await tx<{ id: string; ts: string }[]>`
    select uuidv7()::text as id, floor(extract(epoch from durable.now_()) * 1000)::text as ts`;
  const child = await createRun(tx, {
    spec,
    event: { id: made?.id ?? "", name: "inngest/function.invoked", data: JSON.parse(detail(data)), ts: Number(made?.ts) },
    parent: { runId: run.runId, stepId: op.id },
  });
  if (child === null) throw new UnusableStep(`The function "${target}" was already run for this idempotency key`);
  if (typeof op.opts.timeout === "string" && op.opts.timeout !== "") {
    const timeout = op.opts.timeout;
    await setTimer(tx, run.runId, { op, until: readable(() => moment(timeout)) });
  }
}

async function setTimer(tx: Tx, runId: string, timer: { op: Op; until: Moment }): Promise<void> {
  await tx`
    insert into durable.queue (kind, run_id, step_id, age, run_at)
    select 'timer', id, ${timer.op.id}, age, ${at(tx, timer.until)} from durable.jobs where id = ${runId}
    on conflict (run_id, step_id, kind) do nothing`;
}

/** A moment as SQL, relative ones by the database's clock. */
export function at(tx: Tx, when: Moment) {
  return "at" in when ? tx`${when.at}::timestamptz` : tx`durable.now_() + ${`${when.afterMs} milliseconds`}::text::interval`;
}

/**
 * Queues the call that finds out what comes next, unless siblings of a parallel group are still pending: the last of them
 * does it, as on the server. While such a call is under way, the result marks it, and another one follows.
 */
export async function discoverNext(tx: Tx, runId: string, race = false): Promise<void> {
  await tx`
    insert into durable.queue as q (kind, run_id, fn_id, age, run_at, ckeys, climits)
    select 'exec', id, fn_id, age, durable.now_(), ckeys, climits from durable.jobs
    where id = ${runId}
      and (${race} or not exists (select from durable.steps where run_id = ${runId} and status = 'pending' and not race))
    on conflict (run_id, step_id, kind) do update set dirty = q.lease is not null`;
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new UnusableStep(cause instanceof Error ? cause.message : String(cause));
  }
}
