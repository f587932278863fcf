import type { Sql } from "postgres";
import { backoffMs } from "./backoff";
import type { Moment } from "./duration";
import type { FunctionSpec } from "./function-spec";
import type { Held } from "./lease";
import type { Op, Outcome } from "./outcome";
import { detail, endRun, type StoredError } from "./run";
import { at, discoverNext, finishStep, planStep, type StepResult } from "./step";
import { type Tx, transact } from "./transact";
import { visibleError } from "./visible-error";

const STEPS_MAX = 1000;

export interface CommitContext {
  readonly functions: ReadonlyMap<string, FunctionSpec>;
  readonly spec: FunctionSpec;
}

/**
 * Records what a call came to, in one transaction that locks the run first and then demands that the lease is still this
 * call's own. Answers false when it is not (another worker took over, or the run was cancelled): nothing is then recorded.
 */
export async function commit(sql: Sql, held: Held, to: CommitContext & { outcome: Outcome }): Promise<boolean> {
  return transact(sql, async (tx) => {
    const item = await lockOwn(tx, held);
    if (item === null) return false;
    await record(tx, { ...to, held, startedAt: item.leasedAt });
    if (held.limited) await tx`select pg_notify('durable', '')`;
    return true;
  });
}

/** Locks run and item; null unless the run is alive and the lease this call's own. */
async function lockOwn(tx: Tx, held: Held): Promise<{ leasedAt: Date } | null> {
  const [run] = await tx<{ active: boolean; leased_at: Date | null }[]>`
    with run as materialized (
      select status in ('queued', 'running') as active from durable.jobs where id = ${held.runId} for update
    )
    select run.active, item.leased_at from run left join lateral (
      select leased_at from durable.queue where id = ${held.id}::text::bigint and lease = ${held.lease} for update
    ) item on true`;
  if (run?.active === true && run.leased_at !== null) return { leasedAt: run.leased_at };
  if (run !== undefined) await note(tx, held, { kind: "lease.lost", startedAt: null });
  return null;
}

export interface Recording extends CommitContext {
  readonly held: Held;
  readonly outcome: Outcome;
  readonly startedAt: Date | null;
}

/** Applies an outcome to a run that the caller has locked. */
async function record(tx: Tx, recording: Recording): Promise<void> {
  const { outcome, held } = recording;
  switch (outcome.kind) {
    case "completed":
      await note(tx, held, { kind: "call.completed", startedAt: recording.startedAt });
      return endRun(tx, held.runId, { status: "completed", output: outcome.output });
    case "failed":
      await note(tx, held, { kind: "call.failed", startedAt: recording.startedAt, error: outcome.error });
      return endRun(tx, held.runId, { status: "failed", error: outcome.error });
    case "retry":
      return retry(tx, recording, { error: outcome.error, after: outcome.after, op: null });
    case "ops":
      return recordOps(tx, recording, outcome);
    default:
      outcome satisfies never;
  }
}

async function recordOps(tx: Tx, recording: Recording, outcome: Extract<Outcome, { kind: "ops" }>): Promise<void> {
  const { held, functions } = recording;
  let finished = false;
  for (const op of outcome.ops) {
    switch (op.op) {
      case "RunComplete":
        return endRun(tx, held.runId, { status: "completed", output: op.data });
      case "StepError":
        return retry(tx, recording, { error: op.error ?? { name: "Error", message: "The step failed" }, after: outcome.after, op });
      case "DeferAdd":
      case "DeferAbort":
        return endRun(tx, held.runId, { status: "failed", error: notCarried("defer()") });
      case "StepRun":
      case "Step":
        finished = (await finish(tx, recording, { op, result: { data: op.data } })) || finished;
        break;
      case "StepFailed":
        finished =
          (await finish(tx, recording, { op, result: { error: op.error ?? { name: "Error", message: "The step failed" } } })) || finished;
        break;
      case "DiscoveryRequest":
        finished = true;
        break;
      default:
        await planStep(tx, { runId: held.runId, functions, race: outcome.race }, op);
    }
  }
  await goOn(tx, recording, { finished, race: outcome.race });
}

async function finish(tx: Tx, recording: Recording, step: { op: Op; result: StepResult }): Promise<boolean> {
  const { held } = recording;
  const error = "error" in step.result ? step.result.error : undefined;
  // Sent one behind the other without waiting in between.
  const [, isFirst] = await Promise.all([
    note(tx, held, {
      kind: error === undefined ? "step.done" : "step.failed",
      startedAt: recording.startedAt,
      label: step.op.label,
      stepId: step.op.id,
      error,
    }),
    finishStep(tx, held.runId, { op: step.op, stepId: step.op.id, result: step.result }),
  ]);
  return isFirst;
}

/** Removes the item, or sets it to discover again when there is a result that no discovery has seen. */
async function goOn(tx: Tx, recording: Recording, after: { finished: boolean; race: boolean }): Promise<void> {
  const { held } = recording;
  const [steps] = await tx<{ total: number; pending: number; raced: boolean; again: boolean }[]>`
    with again as (
      update durable.queue set lease = null, lease_until = null, owner = null, attempt = 0, dirty = false, last_error = null,
        run_at = durable.now_()
      where id = ${held.id}::text::bigint and step_id = '' and (dirty or ${after.finished})
      returning 1
    )
    select count(*)::int as total, (count(*) filter (where status = 'pending'))::int as pending,
      coalesce(bool_or(race) filter (where step_id = ${held.stepId}), false) as raced, exists (select from again) as again
    from durable.steps where run_id = ${held.runId}`;
  if (steps === undefined || steps.total > STEPS_MAX) {
    return endRun(tx, held.runId, { status: "failed", error: { name: "TooManySteps", message: `A run may have ${STEPS_MAX} steps` } });
  }
  if (steps.again) return;
  if (held.stepId === "" && steps.pending === 0) {
    return retry(tx, recording, {
      error: { name: "Error", message: "The function neither ended nor asked for anything" },
      after: null,
      op: null,
    });
  }
  await tx`delete from durable.queue where id = ${held.id}::text::bigint`;
  if (held.stepId !== "" && after.finished) await discoverNext(tx, held.runId, after.race || steps.raced);
  if (held.stepId === "" && steps.pending > 1) await tx`select pg_notify('durable', '')`;
}

/** Sets the call to be tried again, or draws the consequence when that was the last attempt. */
export async function retry(
  tx: Tx,
  recording: Pick<Recording, "held" | "spec" | "startedAt">,
  failure: { error: StoredError; after: Moment | null; op: Op | null; kind?: string },
): Promise<void> {
  const { held, spec } = recording;
  const { error, op } = failure;
  const about = { startedAt: recording.startedAt, label: op?.label ?? null, stepId: op?.id ?? held.stepId, error };
  if (held.attempt + 1 < spec.attemptsMax) {
    await note(tx, held, { ...about, kind: failure.kind ?? "call.retried" });
    await tx`
      update durable.queue set lease = null, lease_until = null, owner = null, attempt = attempt + 1, dirty = false,
        last_error = ${detail(error)}::text::jsonb, run_at = ${at(tx, failure.after ?? { afterMs: backoffMs(held.attempt) })}
      where id = ${held.id}::text::bigint`;
    return;
  }
  if (held.stepId === "" && op === null) {
    await note(tx, held, { ...about, kind: failure.kind ?? "call.failed" });
    return endRun(tx, held.runId, { status: "failed", error });
  }
  // The function may catch the failure of a step.
  await note(tx, held, { ...about, kind: failure.kind ?? "step.failed" });
  const finished = await finishStep(tx, held.runId, { op, stepId: op?.id ?? held.stepId, result: { error } });
  await tx`delete from durable.queue where id = ${held.id}::text::bigint`;
  if (finished) await discoverNext(tx, held.runId);
}

async function note(
  tx: Tx,
  held: Held,
  entry: { kind: string; startedAt: Date | null; label?: string | null; stepId?: string; error?: StoredError | undefined },
): Promise<void> {
  const text = entry.error === undefined ? null : detail(visibleError(entry.error));
  await tx`
    insert into durable.history (run_id, at, kind, step_id, label, attempt, owner, started_at, detail)
    select ${held.runId}, durable.now_(), ${entry.kind}, ${entry.stepId ?? held.stepId},
      coalesce(${entry.label ?? null}::text, (select label from durable.steps where run_id = ${held.runId} and step_id = ${entry.stepId ?? held.stepId})),
      ${held.attempt}, (select owner from durable.queue where id = ${held.id}::text::bigint), ${entry.startedAt}, ${text}::text::jsonb`;
}

const notCarried = (what: string): StoredError => ({
  name: "UnusableStepError",
  message: `The embedded executor does not carry ${what}`,
});
