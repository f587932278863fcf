import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { followChoices } from "@/db/plan-follows";
import { PLAN_REFERENCES, type PlanReference } from "@/db/plan-references";
import { read } from "@/db/read";
import { tablesOf, versionsOf } from "@/db/roster";
import { AppError } from "@/server/errors";
import { failpoint } from "@/server/failpoint";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import type { IssueCode } from "@/server/roster/issue-codes";
import type { Prepared } from "./compare";
import type { OpenSet, SyncContext } from "./context";
import { fenced, takeOver } from "./fence";
import { after } from "./land";
import { leaveOutNamed } from "./named";
import { beginPhase } from "./progress";
import { returnDigest } from "./refusals";
import { columnsOf, ours } from "./tables";
import { tieOut } from "./tie-out";
import { weighPlan } from "./weigh";

/** The commit that a run turns back. */
interface Undone {
  readonly number: number;
  readonly seq: number;
}

/** Landings below this many rows need no new statistics. */
const ANALYZE_FROM = 500;

const RunRow = z.object({
  state: z.string(),
  verdict: z.custom<Prepared["verdict"]>((value) => value === null || typeof value === "object"),
});
const UndoneRow = z.object({ number: z.number(), seq: z.number().nullable() });

/**
 * Prepares the undo of the commit that the run names: for each of its changes the inverse, against the head, as a plan like any
 * other. Added: archived. Edited: the old values. Archived: reactivated. Reactivated: archived. What has changed since, or would
 * name a record that went since, is listed as a finding and left. One transaction; a second call returns what the first decided.
 */
export async function revert(context: SyncContext): Promise<Prepared> {
  const open = await takeOver(context);
  const [run] = await fenced(open, (tx) => read(tx, RunRow, sql`select state, verdict from runs where id = ${open.runId}`));
  if (run?.state === "ready" || run?.state === "held") return { state: run.state, verdict: run.verdict };
  const progress = await beginPhase(open, "compare");
  const prepared = await fenced(open, async (tx) => {
    const undone = await undoneBy(tx, open);
    for (const entity of ENTITIES) {
      await landInverses(tx, open, { entity, undone });
      await listChanged(tx, open, { entity, undone });
    }
    if (undone.seq < open.baseSeq) for (const entity of ENTITIES) await dropLost(tx, open, entity);
    await countIssues(tx, open);
    await leaveOutNamed(tx, open, []);
    await followChoices(tx, open, 0);
    const counts = await tieOut(tx, open, []);
    const verdict = await weighPlan(tx, open, { entities: [], counts });
    const state = verdict.outcome === "ready" ? ("ready" as const) : ("held" as const);
    await tx.execute(sql`
      update runs set state = ${state}, counts = ${JSON.stringify(counts.json)}::jsonb, verdict = ${JSON.stringify(verdict)}::jsonb,
        prepared_at = clock_timestamp(), heartbeat_at = clock_timestamp()
      where id = ${open.runId}`);
    await failpoint("revert.done");
    return { state, verdict };
  });
  await progress.end(0);
  return prepared;
}

async function undoneBy(tx: Transaction, open: OpenSet): Promise<Undone> {
  const [undone] = await read(
    tx,
    UndoneRow,
    sql`select u.number, u.commit_seq as seq from runs r join runs u on u.institution_id = r.institution_id and u.id = r.undo_of
        where r.institution_id = ${open.institutionId} and r.id = ${open.runId} and u.environment_id = r.environment_id`,
  );
  if (undone === undefined || undone.seq === null) throw new AppError("CONFLICT", "There is no commit to undo");
  return { number: undone.number, seq: undone.seq };
}

/** The undone commit's versions `p` that are current still, beside what they replaced, `v`. */
function reversible(open: OpenSet, of: { entity: Entity; undone: Undone }): SQL {
  const versions = versionsOf(of.entity);
  return sql`(select * from ${versions} undone where ${ours(open, "undone")} and undone.from_seq = ${of.undone.seq}
      and (undone.to_seq is null or undone.to_seq > ${open.baseSeq}) and undone.action <> 'rekey'
      and not (undone.action = 'add' and undone.status = 'archived')) p
    left join ${versions} v on ${ours(open, "v")} and v.feed_id = p.feed_id and v.source_key = p.source_key and v.from_seq = p.replaces_seq`;
}

async function landInverses(tx: Transaction, open: OpenSet, of: { entity: Entity; undone: Undone }): Promise<void> {
  const { entity } = of;
  const columns = [...columnsOf(of.entity), "extras"];
  const before = columns.map((column) => `case when v.source_key is null then p.${column} else v.${column} end`);
  const [landed] = await read(
    tx,
    z.object({ n: z.number() }),
    sql`with landed as (insert into ${versionsOf(entity)} (institution_id, environment_id, bucket, feed_id, from_seq, line, replaces_seq, action, status,
      status_reason, modified_at, source_key, sourced_id, ${sql.raw(columns.join(", "))})
    select p.institution_id, p.environment_id, p.bucket, p.feed_id, ${open.seq}::int, -row_number() over (order by p.source_key, p.feed_id), p.from_seq,
      case p.action when 'archive' then 'reactivate' when 'edit' then 'edit' else 'archive' end,
      case when v.source_key is null then 'archived' else v.status end,
      case when p.action in ('add', 'reactivate') then 'undone' end,
      case when v.source_key is null then p.modified_at else v.modified_at end, p.source_key, p.sourced_id, ${sql.raw(before.join(", "))}
    from ${reversible(open, of)} returning 1)
    select count(*)::int as n from landed`,
  );
  // A new sequence number is unknown to the statistics, and every join of the set would be planned for one row.
  if ((landed?.n ?? 0) >= ANALYZE_FROM)
    await tx.execute(sql`select partitions.analyze_bucket(${tablesOf(entity).versions}, ${open.bucket})`);
  await failpoint("revert.landed");
}

/** A row that another commit changed since stays as it is, and is listed. */
async function listChanged(tx: Transaction, open: OpenSet, of: { entity: Entity; undone: Undone }): Promise<void> {
  await tx.execute(sql`
    insert into issues (institution_id, run_id, severity, code, entity, source_key, file, detail)
    select ${open.institutionId}::int, ${open.runId}::uuid, 'warning', ${"CHANGED_SINCE" satisfies IssueCode}, ${of.entity}::text, p.source_key,
      ${`commit ${of.undone.seq}`}::text, 'Changed again by run ' || coalesce(r.number::text, '?') || ' since run ' || ${String(of.undone.number)}::text || '; it stays as it is now.'
    from (select * from ${versionsOf(of.entity)} undone where ${ours(open, "undone")} and undone.from_seq = ${of.undone.seq}
      and undone.to_seq <= ${open.baseSeq}) p
    left join runs r on r.institution_id = ${open.institutionId} and r.environment_id = ${open.environmentId} and r.commit_seq = p.to_seq`);
}

/** An inverse that would bring back the name of a record that went since is taken out again and listed. */
async function dropLost(tx: Transaction, open: OpenSet, entity: Entity): Promise<void> {
  for (const reference of PLAN_REFERENCES[entity]) {
    let dropped: number;
    do {
      dropped = (
        await tx.execute(sql`
          with lost as (
            delete from ${versionsOf(entity)} v
            where ${ours(open, "v")} and v.from_seq = ${open.seq} and v.action <> 'archive' and exists (
              select from ${keysOf(reference)} named(key)
              where named.key is not null and not exists (
                select from ${after(open, reference.refers, ["source_key"])} there where there.source_key = named.key))
            returning v.source_key)
          insert into issues (institution_id, run_id, severity, code, entity, source_key, file, detail)
          select ${open.institutionId}::int, ${open.runId}::uuid, 'warning', ${"CHANGED_SINCE" satisfies IssueCode}, ${entity}::text, lost.source_key, '',
            'A record that it names was archived since; it stays as it is now.'
          from lost returning 1`)
      ).length;
    } while (dropped > 0 && reference.refers === entity);
  }
}

const keysOf = (reference: PlanReference): SQL =>
  reference.list ? sql.raw(`unnest(string_to_array(v.${reference.column}, ','))`) : sql.raw(`(values (v.${reference.column}))`);

async function countIssues(tx: Transaction, open: OpenSet): Promise<void> {
  await tx.execute(sql`
    insert into run_issue_totals (institution_id, run_id, severity, code, entity, total)
    select institution_id, run_id, severity, code, coalesce(entity, ''), count(*) from issues
    where institution_id = ${open.institutionId} and run_id = ${open.runId} group by 1, 2, 3, 4, 5
    on conflict (institution_id, run_id, severity, code, entity) do update set total = excluded.total`);
}

/**
 * What was undone is off when a feed brings it again, as a refusal is: from what is current now back to what the undone version
 * said. What an undo had done no feed brought, so undoing that refuses nothing. And what the undone delivery's rows said of their age
 * is forgotten, else the next delivery would count as yesterday's. Called in the transaction that commits the undo.
 */
export async function refuseUndone(tx: Transaction, open: OpenSet, accountId: number | null): Promise<void> {
  // An undo of an undo is what the feed brought again, and the undo of that takes it back once more.
  const isOfFeed = sql`(
    with recursive undone as (
      select undo_of, 1 as turns from runs where institution_id = ${open.institutionId} and id = ${open.runId}
      union all
      select r.undo_of, u.turns + 1 from undone u join runs r on r.institution_id = ${open.institutionId} and r.id = u.undo_of
      where r.undo_of is not null)
    select max(turns) % 2 = 1 from undone)`;
  for (const entity of ENTITIES) {
    const action = "case when q.status = 'archived' then 'reactivate' when p.status = 'archived' then 'archive' else 'edit' end";
    await tx.execute(sql`
      insert into refusals (institution_id, environment_id, feed_id, entity, source_key, action, digest, run_id, account_id, at)
      select q.institution_id, q.environment_id, q.feed_id, ${entity}, q.source_key, ${sql.raw(action)},
        ${returnDigest(entity, { action, before: "p", after: "q" })}, ${open.runId}, ${accountId}::int, clock_timestamp()
      from (select * from ${versionsOf(entity)} landed where ${ours(open, "landed")} and landed.from_seq = ${open.seq}) q
      join ${versionsOf(entity)} p on ${ours(open, "p")} and p.feed_id = q.feed_id and p.source_key = q.source_key and p.from_seq = q.replaces_seq
      where ${isOfFeed}
      on conflict (institution_id, environment_id, feed_id, entity, source_key) do update set
        action = excluded.action, digest = excluded.digest, run_id = excluded.run_id, account_id = excluded.account_id, at = excluded.at`);
    await tx.execute(sql`
      update readings d set newest_at = (select max(v.modified_at) filter (where v.modified_at <= now()) from ${versionsOf(entity)} v
        where v.institution_id = d.institution_id and v.environment_id = d.environment_id and v.bucket = ${open.bucket} and v.feed_id = d.feed_id
          and v.from_seq <= ${open.seq} and (v.to_seq is null or v.to_seq > ${open.seq}))
      where d.institution_id = ${open.institutionId} and d.environment_id = ${open.environmentId} and d.entity = ${entity}
        and d.run_id = (select undo_of from runs where institution_id = ${open.institutionId} and id = ${open.runId})`);
  }
}
