import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import { fingerprintsOf, versionsOf } from "@/db/roster";
import { AppError } from "@/server/errors";
import { ENTITIES } from "@/server/roster/entities";
import { OPEN_STATES, TRIGGERS } from "@/server/roster/run";
import { isOfFeed, type SyncContext } from "./context";
import { isLockTimeout, moveFence } from "./fence";
import { keepChoices } from "./refusals";
import { stageName } from "./tables";

/** Above this many bytes a first delivery is loaded into partitions of its environment's own (about 100,000 rows). */
const OWN_ABOVE_BYTES = 15 * 1024 * 1024;
/** A plan opened or toggled less long ago delays an automatic run (ARCHITECTURE §5). */
const TOUCHED_MINUTES = 60;

/**
 * What came of asking for the environment.
 * `opened`: the rows above the head are this run's; a waiting plan of the same feed was superseded, of another feed set aside.
 * `busy`: another run is preparing or committing; ask again when it has ended. `touched`: somebody looks at the waiting plan.
 */
export type Opening =
  | { readonly outcome: "opened"; readonly superseded: string | null; readonly setAside: string | null }
  | { readonly outcome: "busy"; readonly runId: string; readonly number: number }
  | { readonly outcome: "touched"; readonly runId: string; readonly until: Date };

const EnvironmentRow = z.object({ id: z.number(), head_seq: z.number(), bucket: z.number() });
const RunRow = z.object({ state: z.string(), number: z.number() });
const OtherRow = z.object({
  id: z.string(),
  number: z.number(),
  feed_id: z.number(),
  trigger: z.enum(TRIGGERS),
  state: z.string(),
  feed: z.string(),
  touched_at: z.string().nullable(),
  touched: z.boolean(),
});

/**
 * Takes the environment for this run: decides about the plan that waits there, removes every row above the head, and makes
 * the run `collecting`. `isPatient` yields once to a person who is looking at the waiting plan; `bytes` is the size of what
 * will be loaded. Safe to run twice: the second time begins the set afresh. Throws CONFLICT when the run has ended.
 */
export async function openSet(context: SyncContext, how: { bytes: number; isPatient: boolean }): Promise<Opening> {
  const { institutionId, environmentId, runId } = context;
  const opening = await locked(context, async (tx, environment): Promise<Opening & { own?: boolean }> => {
    const [run] = await read(tx, RunRow, sql`select state, number from runs where id = ${runId} for update`);
    if (run === undefined) throw new AppError("NOT_FOUND", "Run not found");
    if (!["queued", "collecting", "loading", "checking", "comparing"].includes(run.state)) {
      throw new AppError("CONFLICT", `Run ${run.number} is ${run.state}`);
    }
    const [other] = await read(
      tx,
      OtherRow,
      sql`select r.id, r.number, r.feed_id, r.trigger, r.state, f.name as feed, r.touched_at::text,
            coalesce(r.touched_at > now() - make_interval(mins => ${TOUCHED_MINUTES}), false) as touched
          from runs r join feeds f on f.institution_id = r.institution_id and f.id = r.feed_id
          where r.environment_id = ${environmentId} and r.id <> ${runId} and r.state in (${states(OPEN_STATES)})
          for update of r`,
    );
    let superseded: string | null = null;
    let setAside: string | null = null;
    if (other !== undefined) {
      if (other.state !== "ready" && other.state !== "held") return { outcome: "busy", runId: other.id, number: other.number };
      if (how.isPatient && other.touched && other.touched_at !== null) {
        return { outcome: "touched", runId: other.id, until: new Date(new Date(other.touched_at).getTime() + TOUCHED_MINUTES * 60_000) };
      }
      const fate = howOtherEnds(context, { other, by: run.number });
      if (isOfFeed(other)) {
        await keepChoices(
          tx,
          { ...context, bucket: environment.bucket, seq: environment.head_seq + 1 },
          { runId: other.id, feedId: other.feed_id },
        );
      }
      await endRun(tx, other.id, { ...fate, code: null });
      if (fate.state === "superseded") superseded = other.id;
      else setAside = other.id;
    }
    const own = environment.head_seq === 0 && environment.bucket < 1000 && how.bytes > OWN_ABOVE_BYTES;
    await removePending(tx, { institutionId, environmentId, bucket: environment.bucket, headSeq: environment.head_seq });
    if (own) await tx.execute(sql`update environments set bucket = ${1000 + environmentId} where id = ${environmentId}`);
    await dropStages(tx, runId);
    await forget(tx, institutionId, runId);
    await tx.execute(sql`
      update runs set state = 'collecting', base_seq = ${environment.head_seq}, started_at = coalesce(started_at, clock_timestamp()),
        heartbeat_at = clock_timestamp(), counts = '{}', verdict = null
      where id = ${runId}`);
    return { outcome: "opened", superseded, setAside };
  });
  return opening;
}

/**
 * What becomes of the plan that waits. An undo or a promotion sets a feed's plan aside, whatever its feed, since it brings no newer
 * data; and is itself given up for any other run: whoever wants it asks again.
 */
function howOtherEnds(
  context: SyncContext,
  of: { other: z.infer<typeof OtherRow>; by: number },
): { state: "superseded" | "setAside"; reason: string } {
  const { other, by } = of;
  if (!isOfFeed(other)) return { state: "superseded", reason: `Run ${by} came before it was decided; ask for it again` };
  if (!isOfFeed(context)) return { state: "setAside", reason: `Run ${by} goes first; this is prepared again after it` };
  return other.feed_id === context.feedId
    ? { state: "superseded", reason: `Run ${by} brought newer data of the same feed` }
    : { state: "setAside", reason: `Run ${by} of another feed was due` };
}

/** How a set ends without being committed. `ignored`: there was nothing to do. */
export type ClosedState = "discarded" | "superseded" | "setAside" | "expired" | "failed" | "ignored";

/**
 * Ends a run and removes what it had landed, under the environment's lock. Choices of a superseded or set aside plan are
 * kept as refusals, so that the next plan re-applies them. Does nothing to a run that has ended already, and says so.
 */
export async function closeSet(
  context: SyncContext,
  how: { state: ClosedState; reason: string; code?: string; inTransaction?: (tx: Transaction) => Promise<void> },
): Promise<{ closed: boolean }> {
  return locked(context, async (tx, environment) => {
    const [run] = await read(
      tx,
      z.object({ state: z.string(), base_seq: z.number().nullable() }),
      sql`select state, base_seq from runs where id = ${context.runId} for update`,
    );
    if (run === undefined) throw new AppError("NOT_FOUND", "Run not found");
    const isOpen = OPEN_STATES.some((state) => state === run.state);
    if (!isOpen && run.state !== "queued") return { closed: false };
    // Somebody has decided at the last moment: what they said holds.
    if (how.state === "expired" && run.state === "committing") return { closed: false };
    if (isOpen) {
      const at = { ...context, bucket: environment.bucket, seq: environment.head_seq + 1 };
      if (isOfFeed(context) && (how.state === "superseded" || how.state === "setAside"))
        await keepChoices(tx, at, { runId: context.runId, feedId: context.feedId });
      await removePending(tx, { ...context, bucket: environment.bucket, headSeq: environment.head_seq });
      await dropStages(tx, context.runId);
    }
    await endRun(tx, context.runId, { state: how.state, reason: how.reason, code: how.code ?? null });
    await how.inTransaction?.(tx);
    return { closed: true };
  });
}

/** Works under the environment's row lock, after the fence moved past every process that may still write. */
async function locked<T>(
  context: SyncContext,
  work: (tx: Transaction, environment: z.infer<typeof EnvironmentRow>) => Promise<T>,
): Promise<T> {
  for (;;) {
    const holder = await holderOf(context);
    // A process that holds the set and is not this run's may be committing: it is waited for, never ended.
    if (holder === null || holder === context.runId) await moveFence(context);
    try {
      return await context.databases.engine.asTenant(context.institutionId, async (tx) => {
        await tx.execute(sql`set local lock_timeout = '10s'`);
        const [environment] = await read(
          tx,
          EnvironmentRow,
          sql`select id, head_seq, bucket from environments where id = ${context.environmentId} for update`,
        );
        if (environment === undefined) throw new AppError("NOT_FOUND", "Environment not found");
        return work(tx, environment);
      });
    } catch (cause) {
      if (!isLockTimeout(cause)) throw cause;
    }
  }
}

/** The run that works in the environment just now, if any. */
async function holderOf(context: SyncContext): Promise<string | null> {
  return context.databases.engine.asTenant(context.institutionId, async (tx) => {
    const [run] = await read(
      tx,
      z.object({ id: z.string() }),
      sql`select id from runs where environment_id = ${context.environmentId}
            and state in ('collecting', 'loading', 'checking', 'comparing', 'committing')`,
    );
    return run?.id ?? null;
  });
}

/** Removes every row above the head, whoever landed it. */
async function removePending(
  tx: Transaction,
  at: { institutionId: number; environmentId: number; bucket: number; headSeq: number },
): Promise<void> {
  if (at.bucket >= 1000 && at.headSeq === 0) {
    await tx.execute(sql`select partitions.empty(${at.environmentId})`);
    return;
  }
  for (const entity of ENTITIES) {
    const where = sql`institution_id = ${at.institutionId} and environment_id = ${at.environmentId} and bucket = ${at.bucket}`;
    await tx.execute(sql`delete from ${versionsOf(entity)} where ${where} and from_seq > ${at.headSeq}`);
    await tx.execute(sql`delete from ${fingerprintsOf(entity)} where ${where} and seq > ${at.headSeq}`);
  }
}

/** Drops what a run has staged. */
export async function dropStages(tx: Transaction, runId: string): Promise<void> {
  for (const entity of ENTITIES) {
    await tx.execute(
      sql.raw(`drop table if exists ${["", "_gone", "_marks", "_before"].map((part) => stageName(runId, entity) + part).join(", ")}`),
    );
  }
}

/** Forgets what an earlier try of this run had found. */
async function forget(tx: Transaction, institutionId: number, runId: string): Promise<void> {
  for (const table of ["issues", "run_issue_totals", "changes", "left_out", "run_progress", "run_files", "run_schools", "loads"]) {
    await tx.execute(sql`delete from ${sql.raw(table)} where institution_id = ${institutionId} and run_id = ${runId}`);
  }
}

async function endRun(tx: Transaction, runId: string, how: { state: ClosedState; reason: string; code: string | null }): Promise<void> {
  await tx.execute(sql`
    update runs set state = ${how.state}, reason = ${how.reason}, reason_code = ${how.code}, ended_at = clock_timestamp()
    where id = ${runId}`);
}

const states = (words: readonly string[]): SQL =>
  sql.join(
    words.map((word) => sql`${word}`),
    sql`, `,
  );
