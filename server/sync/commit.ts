import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import { fingerprintsOf, versionsOf } from "@/db/roster";
import { AppError } from "@/server/errors";
import { failpoint } from "@/server/failpoint";
import type { Entity } from "@/server/roster/entities";
import { isOfFeed, type OpenSet, type SyncContext } from "./context";
import { renewFingerprints } from "./fingerprints";
import { byEntity, loadsOf } from "./loads";
import { dropStages } from "./open-set";
import { forgetRefusals, keepChoices } from "./refusals";
import { refuseUndone } from "./revert";
import { type SettledCounts, settleCounts } from "./settle";
import { ours } from "./tables";

/** What came of a commit. `already`: the run had been committed, by whom and when; nothing was done now. */
export type Committed =
  | { readonly outcome: "committed"; readonly seq: number }
  | { readonly outcome: "already"; readonly seq: number; readonly by: string | null; readonly at: Date };

export interface CommitRequest {
  /** The version of the choices that the person, or the job, has seen. */
  readonly selectionVersion: number;
  /** Who decided; null: the system, by the run's own setting. */
  readonly accountId: number | null;
  /** Writes what belongs to the same moment: audit, events. */
  readonly inTransaction?: (tx: Transaction) => Promise<void>;
}

const RunRow = z.object({
  number: z.number(),
  state: z.string(),
  base_seq: z.number().nullable(),
  commit_seq: z.number().nullable(),
  selection_version: z.number(),
  overridden: z.boolean(),
  by: z.string().nullable(),
  ended_at: z.string().nullable(),
});
const EnvironmentRow = z.object({ head_seq: z.number(), bucket: z.number() });

/**
 * Commits a plan in one transaction under the environment's lock: what is left out goes, what is replaced is closed, the head
 * moves. Throws STALE when the base has moved (saying what moved) or the choices have changed since, HELD when a hold was not
 * released, CONFLICT when the run has ended otherwise. Two commits at once commit once.
 */
export async function commit(context: SyncContext, request: CommitRequest): Promise<Committed> {
  return context.databases.engine.asTenant(context.institutionId, async (tx) => {
    await tx.execute(sql`select set_config('jit', 'off', true), set_config('work_mem', '64MB', true), set_config('lock_timeout', '60s', true),
      set_config('idle_in_transaction_session_timeout', '60s', true), set_config('application_name', ${`rollcall commit ${context.environmentId}`}, true)`);
    const [environment] = await read(
      tx,
      EnvironmentRow,
      sql`select head_seq, bucket from environments where id = ${context.environmentId} for update`,
    );
    if (environment === undefined) throw new AppError("NOT_FOUND", "Environment not found");
    const [run] = await read(
      tx,
      RunRow,
      sql`select r.number, r.state, r.base_seq, r.commit_seq, r.selection_version, r.override is not null as overridden,
            coalesce(a.name, a.email) as by, r.ended_at::text
          from runs r left join accounts a on a.id = r.decided_by where r.id = ${context.runId} for update of r`,
    );
    if (run === undefined) throw new AppError("NOT_FOUND", "Run not found");
    if (run.state === "committed" && run.commit_seq !== null) {
      return { outcome: "already", seq: run.commit_seq, by: run.by, at: new Date(run.ended_at ?? 0) };
    }
    await refuseUnlessCommittable(tx, context, { run, head: environment.head_seq, request });
    // Nothing of an earlier step may still be writing.
    const [lease] = await read(
      tx,
      z.object({ fence: z.coerce.number() }),
      sql`update environment_leases set fence = fence + 1 where environment_id = ${context.environmentId} returning fence`,
    );
    await failpoint("commit.locked");
    const open: OpenSet = {
      ...context,
      fence: lease?.fence ?? 0,
      baseSeq: environment.head_seq,
      seq: environment.head_seq + 1,
      bucket: environment.bucket,
      isOwn: environment.bucket >= 1000,
    };
    await apply(tx, open, request);
    await failpoint("commit.done");
    return { outcome: "committed", seq: open.seq };
  });
}

async function refuseUnlessCommittable(
  tx: Transaction,
  context: SyncContext,
  of: { run: z.infer<typeof RunRow>; head: number; request: CommitRequest },
): Promise<void> {
  const { run, head, request } = of;
  const isHeld = run.state === "held" || run.state === "committing";
  if (run.state !== "ready" && !isHeld) throw new AppError("CONFLICT", `Run ${run.number} is ${run.state} and cannot be committed`);
  if (run.base_seq !== head) {
    const [moved] = await read(
      tx,
      z.object({ number: z.number(), feed: z.string(), at: z.string() }),
      sql`select r.number, f.name as feed, r.ended_at::text as at from runs r
          join feeds f on f.institution_id = r.institution_id and f.id = r.feed_id
          where r.environment_id = ${context.environmentId} and r.commit_seq > ${run.base_seq ?? 0} order by r.commit_seq desc limit 1`,
    );
    const by = moved === undefined ? "another change" : `run ${moved.number} of ${moved.feed}, committed at ${moved.at}`;
    throw new AppError("STALE", `The roster has changed since this plan was prepared: ${by}. Prepare it again.`, {
      data: { moved: moved ?? null },
    });
  }
  if (run.selection_version !== request.selectionVersion) {
    throw new AppError("STALE", "The choices have changed since. Look at them again.", {
      data: { selectionVersion: run.selection_version },
    });
  }
  if (isHeld && !run.overridden) {
    const [held] = await read(
      tx,
      z.object({ hold: z.boolean() }),
      sql`select coalesce(verdict ->> 'outcome' = 'hold', false) as hold from runs where id = ${context.runId}`,
    );
    if (held?.hold === true) throw new AppError("HELD", `Run ${run.number} is held until somebody releases it`);
  }
}

/** Makes the pending versions of an open set the roster. The caller holds the environment. */
export async function apply(tx: Transaction, open: OpenSet, request: CommitRequest): Promise<void> {
  const entities = byEntity(await loadsOf(tx, open));
  const counts = await settleCounts(tx, open);
  if (isOfFeed(open)) await keepChoices(tx, open, { runId: open.runId, feedId: open.feedId });
  for (const entity of counts.leftOut) await removeLeftOut(tx, open, entity);
  await failpoint("commit.refused");
  for (const entity of counts.replacing) await tx.execute(closingQuery(open, entity));
  await forgetRefusals(tx, open);
  if (open.trigger === "undo") await refuseUndone(tx, open, request.accountId);
  for (const entity of entities) await renewFingerprints(tx, open, entity);
  await failpoint("commit.closed");
  await moveHead(tx, open, { counts, request });
  await dropStages(tx, open.runId);
  await request.inTransaction?.(tx);
}

/** What is left out was never there: its pending version and fingerprint go, the version before stays as it is. */
async function removeLeftOut(tx: Transaction, open: OpenSet, entity: Entity): Promise<void> {
  await tx.execute(sql`
    with gone as (
      delete from ${versionsOf(entity)} p
      where ${ours(open, "p")} and p.from_seq = ${open.seq} and p.source_key = any(array(
        select o.source_key from left_out o
        where o.institution_id = ${open.institutionId} and o.run_id = ${open.runId} and o.entity = ${entity} and o.on_at is null))
      returning p.line)
    delete from ${fingerprintsOf(entity)} f
    where ${ours(open, "f")} and f.seq = ${open.seq} and f.line = any(array(select line from gone))`);
}

/** Closes the versions that this set replaces, and takes their fingerprints. Without an index on to_seq this stays HOT. */
export const closingQuery = (open: OpenSet, entity: Entity): SQL => sql`
  with closed as (
    update ${versionsOf(entity)} v set to_seq = ${open.seq}
    from ${versionsOf(entity)} p
    where ${ours(open, "p")} and p.from_seq = ${open.seq} and p.replaces_seq is not null
      and ${ours(open, "v")} and v.feed_id = p.feed_id and v.source_key = p.source_key and v.from_seq = p.replaces_seq
    returning v.from_seq, v.line)
  delete from ${fingerprintsOf(entity)} f using closed c
  where ${ours(open, "f")} and f.seq = c.from_seq and f.line = c.line`;

async function moveHead(tx: Transaction, open: OpenSet, of: { counts: SettledCounts; request: CommitRequest }): Promise<void> {
  await tx.execute(sql`
    update environments set head_seq = ${open.seq}, committed_at = clock_timestamp(), counts = ${JSON.stringify(of.counts.environment)}::jsonb
    where id = ${open.environmentId}`);
  await tx.execute(sql`
    update runs set state = 'committed', commit_seq = ${open.seq}, decided_by = coalesce(${of.request.accountId}, decided_by),
      counts = ${JSON.stringify(of.counts.run)}::jsonb, ended_at = clock_timestamp(), heartbeat_at = clock_timestamp(), reason = null
    where id = ${open.runId}`);
}
