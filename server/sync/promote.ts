import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { productionRows, promotes, rowsAt, type Sides, snapshotRows } from "@/db/difference";
import { read, SqlCount } from "@/db/read";
import { fingerprintsOf, tablesOf, versionsOf } from "@/db/roster";
import { AppError } from "@/server/errors";
import { failpoint } from "@/server/failpoint";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import { TRIGGERS, WAITING_STATES } from "@/server/roster/run";
import { apply } from "./commit";
import { isOfFeed, type OpenSet, type SyncContext } from "./context";
import { fenced, takeOver } from "./fence";
import { keepChoices } from "./refusals";
import { columnsOf, ownPartition } from "./tables";
import { tieOut } from "./tie-out";

/** What goes to Production, and what belongs to the same moment. */
interface Promoting {
  readonly snapshot: Sides["snapshot"];
  /** Of every feed the version of its settings that Production takes over. */
  readonly settings: Readonly<Record<string, number>>;
  /** Who approved. */
  readonly accountId: number | null;
  readonly inTransaction: (tx: Transaction, at: { seq: number }) => Promise<void>;
}

/**
 * Brings a frozen Preview snapshot to Production: what differs lands as versions of one set (sourcedIds stay), and is committed, with
 * the feeds' settings, their refusals and the fingerprints of lines, all in one transaction. The run's set must be open. A second call
 * finds the run committed and answers the same. Throws CONFLICT when Production has moved since the set was opened.
 */
export async function promote(context: SyncContext, promoting: Promoting): Promise<{ seq: number }> {
  const done = await committedSeq(context);
  if (done !== null) return { seq: done };
  const open = await takeOver(context);
  await fenced(open, async (tx) => {
    await tx.execute(sql`select set_config('lock_timeout', '60s', true)`);
    const head = await lockEnvironments(tx, open, promoting);
    if (head !== open.baseSeq) throw new AppError("CONFLICT", "Production has moved; the promotion begins again");
    const sides: Sides = {
      institutionId: open.institutionId,
      snapshot: promoting.snapshot,
      production: { environmentId: open.environmentId, bucket: open.bucket, headSeq: open.baseSeq },
    };
    for (const entity of ENTITIES) await landDifference(tx, open, { sides, entity });
    await failpoint("promote.landed");
    const counts = await tieOut(tx, open, []);
    await tx.execute(sql`
      update runs set counts = ${JSON.stringify(counts.json)}::jsonb, verdict = '{"outcome": "ready", "reasons": []}', prepared_at = clock_timestamp()
      where id = ${open.runId}`);
    await apply(tx, open, {
      selectionVersion: 0,
      accountId: promoting.accountId,
      inTransaction: async () => {
        for (const entity of ENTITIES) await carryFingerprints(tx, open, { sides, entity });
        await carryReadings(tx, open, sides);
        await carryRefusals(tx, open, sides);
        await carrySettings(tx, open, promoting.settings);
        await promoting.inTransaction(tx, { seq: open.seq });
        await failpoint("promote.done");
      },
    });
  });
  return { seq: open.seq };
}

async function committedSeq(context: SyncContext): Promise<number | null> {
  return context.databases.engine.asTenant(context.institutionId, async (tx) => {
    const [run] = await read(
      tx,
      z.object({ seq: z.number().nullable() }),
      sql`select commit_seq as seq from runs where id = ${context.runId}`,
    );
    return run?.seq ?? null;
  });
}

/** Production is ours until the end; Preview may not be committed meanwhile, so that readings and fingerprints belong together. */
async function lockEnvironments(tx: Transaction, open: OpenSet, promoting: Promoting): Promise<number | null> {
  const [production] = await read(
    tx,
    z.object({ head: z.number() }),
    sql`select head_seq as head from environments where id = ${open.environmentId} for update`,
  );
  await tx.execute(sql`select 1 from environments where id = ${promoting.snapshot.environmentId} for share`);
  return production?.head ?? null;
}

async function landDifference(tx: Transaction, open: OpenSet, of: { sides: Sides; entity: Entity }): Promise<void> {
  const { sides, entity } = of;
  const { versions, fingerprints } = tablesOf(entity);
  const columns = [...columnsOf(entity), "extras"];
  // A first promotion of a large roster lands in partitions of Production's own, whose keys are built afterwards.
  const isFresh = open.isOwn && open.baseSeq === 0;
  if (isFresh) {
    for (const parent of [versions, fingerprints]) {
      await tx.execute(sql`select partitions.make(${parent}, ${open.environmentId}, ${open.feedId})`);
    }
  }
  const cells = columns.map((column) => `case when s.source_key is null then v.${column} else s.${column} end`);
  const [landed] = await read(
    tx,
    z.object({ n: SqlCount }),
    sql`
      with landed as (
        insert into ${isFresh ? sql.raw(ownPartition(open, entity, "versions")) : versionsOf(entity)} (institution_id, environment_id, bucket, feed_id, from_seq,
          line, replaces_seq, action, status, status_reason, modified_at, source_key, sourced_id, ${sql.raw(columns.join(", "))})
        select ${open.institutionId}::int, ${open.environmentId}::int, ${open.bucket}::int, coalesce(s.feed_id, v.feed_id), ${open.seq}::int,
          -row_number() over (), v.from_seq, ${promotes(columnsOf(entity))}, coalesce(s.status, 'archived'),
          case when s.source_key is null then 'absent' else s.status_reason end, coalesce(s.modified_at, v.modified_at),
          coalesce(s.source_key, v.source_key), case when v.source_key is null then s.sourced_id else v.sourced_id end, ${sql.raw(cells.join(", "))}
        from ${snapshotRows(sides, entity)} s
        full join ${productionRows(sides, entity)} v on v.feed_id = s.feed_id and v.source_key = s.source_key
        where ${promotes(columnsOf(entity))} is not null
        returning 1)
      select count(*) as n from landed`,
  );
  if (isFresh) {
    for (const parent of [versions, fingerprints]) {
      const attached = await tx.execute(sql`select 1 where partitions.attach(${parent}, ${open.environmentId})`);
      if (attached.length === 0) throw new Error(`Keys of ${entity} stand twice in the snapshot`);
    }
  } else if ((landed?.n ?? 0) >= ANALYZE_FROM) {
    // A new sequence number is unknown to the statistics, and every join of the set would be planned for one row.
    await tx.execute(sql`select partitions.analyze_bucket(${versions}, ${open.bucket})`);
  }
}

const ANALYZE_FROM = 500;

/** A line that is current exactly as delivered in Preview is so in Production: the next quick run skips it there too. */
async function carryFingerprints(tx: Transaction, open: OpenSet, of: { sides: Sides; entity: Entity }): Promise<void> {
  const { sides, entity } = of;
  const fingerprints = fingerprintsOf(entity);
  await tx.execute(sql`
    delete from ${fingerprints} f where f.institution_id = ${open.institutionId} and f.environment_id = ${open.environmentId} and f.bucket = ${open.bucket}`);
  await tx.execute(sql`
    insert into ${fingerprints} (institution_id, environment_id, bucket, feed_id, seq, line, hash)
    select n.institution_id, n.environment_id, n.bucket, n.feed_id, n.from_seq, n.line, f.hash
    from ${snapshotRows(sides, entity)} s
    join ${fingerprints} f on f.institution_id = ${open.institutionId} and f.environment_id = ${sides.snapshot.environmentId}
      and f.bucket = ${sides.snapshot.bucket} and f.feed_id = s.feed_id and f.seq = s.from_seq and f.line = s.line
    join ${rowsAt({ ...open, seq: open.seq }, entity)} n on n.feed_id = s.feed_id and n.source_key = s.source_key
    where s.status <> 'archived' and n.status <> 'archived'`);
}

async function carryReadings(tx: Transaction, open: OpenSet, sides: Sides): Promise<void> {
  await tx.execute(sql`
    insert into readings (institution_id, environment_id, feed_id, entity, shape, newest_at, run_id)
    select institution_id, ${open.environmentId}::int, feed_id, entity, shape, newest_at, ${open.runId}::uuid from readings
    where institution_id = ${open.institutionId} and environment_id = ${sides.snapshot.environmentId}
    on conflict (institution_id, environment_id, feed_id, entity) do update set
      shape = excluded.shape, newest_at = excluded.newest_at, run_id = excluded.run_id`);
}

/** What people refused in Preview is refused in Production, with the choices of the plan that waits there: the approver saw it without them. */
async function carryRefusals(tx: Transaction, open: OpenSet, sides: Sides): Promise<void> {
  const [waiting] = await read(
    tx,
    z.object({ id: z.string(), feed_id: z.number(), trigger: z.enum(TRIGGERS), base: z.number() }),
    sql`select id, feed_id, trigger, base_seq as base from runs where institution_id = ${open.institutionId}
          and environment_id = ${sides.snapshot.environmentId} and state in (${sql.join(
            WAITING_STATES.map((state) => sql`${state}`),
            sql`, `,
          )})`,
  );
  if (waiting !== undefined && isOfFeed(waiting)) {
    await keepChoices(
      tx,
      { institutionId: open.institutionId, ...sides.snapshot, seq: waiting.base + 1 },
      { runId: waiting.id, feedId: waiting.feed_id },
    );
  }
  await tx.execute(sql`delete from refusals where institution_id = ${open.institutionId} and environment_id = ${open.environmentId}`);
  await tx.execute(sql`
    insert into refusals (institution_id, environment_id, feed_id, entity, source_key, action, digest, run_id, account_id, at)
    select institution_id, ${open.environmentId}::int, feed_id, entity, source_key, action, digest, run_id, account_id, at from refusals
    where institution_id = ${open.institutionId} and environment_id = ${sides.snapshot.environmentId}`);
}

async function carrySettings(tx: Transaction, open: OpenSet, settings: Readonly<Record<string, number>>): Promise<void> {
  await tx.execute(sql`
    update feeds f set production_version = s.value::int from jsonb_each_text(${JSON.stringify(settings)}::jsonb) s
    where f.institution_id = ${open.institutionId} and f.id = s.key::int`);
}
