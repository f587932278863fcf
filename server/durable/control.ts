import type { Sql } from "postgres";
import { postpone } from "./fan-out";
import type { FunctionSpec } from "./function-spec";
import { createRun, endRun, type StoredError, type StoredEvent } from "./run";
import { discoverNext, finishStep, type StepResult } from "./step";
import { isOutage, type Tx, transact } from "./transact";

interface Item {
  readonly id: string;
  readonly kind: "timer" | "resume" | "child" | "cancel" | "retry";
  readonly run_id: string;
  readonly step_id: string;
  readonly payload: { event?: StoredEvent; child?: string; reason?: string; by?: string } | null;
}

/**
 * Does the due items that are no calls: timers, events that somebody waited for, ends of invoked runs, cancellations and
 * retries by hand. One transaction each, the run's row locked first. Answers how many were found.
 */
export async function doControls(sql: Sql, functions: ReadonlyMap<string, FunctionSpec>): Promise<number> {
  const due = await sql<{ id: string; run_id: string }[]>`
    select id::text, run_id from durable.queue
    where kind <> 'exec' and kind <> 'event' and run_at <= (select durable.now_()) order by run_at, id limit 100`;
  for (const { id, run_id } of due) {
    try {
      await transact(sql, (tx) => doOne(tx, functions, { id, runId: run_id }));
    } catch (cause) {
      if (!isOutage(cause)) await postpone(sql, id, cause);
      throw cause;
    }
  }
  return due.length;
}

async function doOne(tx: Tx, functions: ReadonlyMap<string, FunctionSpec>, at: { id: string; runId: string }): Promise<void> {
  const [run] = await tx<{ active: boolean; fn_id: string; events: StoredEvent[] }[]>`
    select status in ('queued', 'running') as active, fn_id, events from durable.jobs where id = ${at.runId} for update`;
  const [item] = await tx<Item[]>`
    delete from durable.queue where id = ${at.id}::text::bigint and run_at <= (select durable.now_())
    returning id::text, kind, run_id, step_id, payload`;
  if (run === undefined || item === undefined) return;
  if (item.kind === "retry") {
    if (run.active) return;
    const spec = functions.get(run.fn_id);
    const [event] = run.events;
    if (spec === undefined || event === undefined) throw new Error(`There is no function "${run.fn_id}" to run again`);
    await createRun(tx, { spec, event, retry: { of: item.run_id, reason: item.payload?.reason ?? "", by: item.payload?.by ?? "" } });
    return;
  }
  if (!run.active) return;
  if (item.kind === "cancel") {
    return endRun(tx, item.run_id, { status: "cancelled", reason: item.payload?.reason ?? "", by: item.payload?.by ?? null });
  }
  await stepEnded(tx, item);
}

async function stepEnded(tx: Tx, item: Item): Promise<void> {
  const [step] = await tx<{ op: string; label: string | null; race: boolean; planned_at: Date }[]>`
    select op, label, race, planned_at from durable.steps
    where run_id = ${item.run_id} and step_id = ${item.step_id} and status = 'pending'`;
  if (step === undefined) return;
  const result = item.kind === "child" ? await childResult(tx, item.payload?.child ?? "") : endOf(item, step.op);
  if (!(await finishStep(tx, item.run_id, { op: null, stepId: item.step_id, result }))) return;
  await tx`delete from durable.queue where run_id = ${item.run_id} and step_id = ${item.step_id} and kind = 'timer'`;
  await tx`delete from durable.waits where run_id = ${item.run_id} and step_id = ${item.step_id}`;
  await tx`
    insert into durable.history (run_id, at, kind, step_id, label, started_at)
    values (${item.run_id}, durable.now_(), ${item.kind === "timer" && step.op !== "Sleep" ? "step.timed-out" : "step.done"},
      ${item.step_id}, ${step.label}, ${step.planned_at})`;
  await discoverNext(tx, item.run_id, step.race);
}

function endOf(item: Item, op: string): StepResult {
  if (item.kind === "resume") return { data: item.payload?.event ?? null };
  if (op === "InvokeFunction") return { error: { name: "InngestInvokeTimeoutError", message: "The invoked function did not end in time" } };
  return { data: null };
}

async function childResult(tx: Tx, child: string): Promise<StepResult> {
  const [run] = await tx<{ status: string; output: unknown; error: StoredError | null }[]>`
    select status, output, error from durable.jobs where id = ${child}`;
  if (run?.status === "completed") return { data: run.output };
  return { error: run?.error ?? { name: "Error", message: "The invoked run is gone" } };
}
