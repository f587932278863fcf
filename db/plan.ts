import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "./client";
import { read, SqlCount } from "./read";
import { type RosterEntity, versionsOf } from "./roster";

/** A run's pending versions, and what is left out of them. `seq` is the run's base + 1. */
export interface PlanRef {
  readonly institutionId: number;
  readonly environmentId: number;
  readonly bucket: number;
  readonly runId: string;
  readonly seq: number;
}

/** Why a change is off: a person unticked it, it was refused before and came back identical, it cannot stand, others still name it. */
export type OffCause = "person" | "before" | "follows" | "named";

/** Some changes of one entity: `rows` is a condition over the pending version under the alias `v`. */
export interface PlanRows {
  readonly entity: RosterEntity;
  readonly rows: SQL;
}

/** Whom and what an enrollment joins: kept with it, since a refused one is gone after the commit and its person's page still tells of it. */
export const joinedBy = (entity: RosterEntity, alias: string): SQL =>
  entity === "enrollments" ? sql.raw(` || jsonb_build_object('userKey', ${alias}.user_key, 'classKey', ${alias}.class_key)`) : sql.raw("");

/** Users as reports split them; null for every other entity. */
export const partOf = (entity: RosterEntity, alias: string): SQL =>
  entity === "users"
    ? sql.raw(`case ${alias}.primary_role when 'student' then 'students' when 'teacher' then 'teachers' else 'others' end`)
    : sql.raw("null::text");

/** The pending versions of one entity, as a derived table: the range of the page index that every statement here starts from. */
export const pending = (plan: PlanRef, entity: RosterEntity): SQL => versionsAt(plan, entity, plan.seq);

/** The versions that one commit, or an open set, wrote. */
const versionsAt = (plan: Omit<PlanRef, "runId" | "seq">, entity: RosterEntity, seq: number): SQL => sql`(
  select * from ${versionsOf(entity)}
  where institution_id = ${plan.institutionId} and environment_id = ${plan.environmentId} and bucket = ${plan.bucket} and from_seq = ${seq})`;

/** Whether the change with this key is off now. */
export const isOff = (plan: PlanRef, entity: RosterEntity, alias: string): SQL => sql`exists (
  select from left_out o
  where o.institution_id = ${plan.institutionId} and o.run_id = ${plan.runId} and o.entity = ${entity}
    and o.source_key = ${sql.raw(alias)}.source_key and o.on_at is null)`;

/**
 * Turns changes off at a selection version and returns how many; those that are off already stay as they are. `detail` is an
 * expression over `v` that says why, for people. What cannot stand without them is the business of `followChoices`.
 */
export async function leaveOut(
  tx: Transaction,
  plan: PlanRef,
  act: PlanRows & { readonly cause: OffCause; readonly version: number; readonly detail?: SQL },
): Promise<number> {
  return changed(
    tx,
    sql`
      insert into left_out (institution_id, run_id, entity, source_key, action, part, cause, detail, off_at)
      select ${await onePerKey(tx, plan)} ${plan.institutionId}::int, ${plan.runId}::uuid, ${act.entity}::text, v.source_key, v.action,
        ${partOf(act.entity, "v")}, ${act.cause}::text,
        ${act.detail ?? sql`'{}'::jsonb`}${joinedBy(act.entity, "v")}, ${act.version}::int
      from ${pending(plan, act.entity)} v
      where (${act.rows}) and not ${isOff(plan, act.entity, "v")}
      ${offAgain}`,
  );
}

/**
 * Changes are left out by their keys. In a plan over all feeds a key is several records, which stay or go together; with this,
 * in front of the columns selected, it is named once.
 */
export async function onePerKey(tx: Transaction, plan: PlanRef): Promise<SQL> {
  const [run] = await read(
    tx,
    z.object({ all_feeds: z.boolean() }),
    sql`select all_feeds from runs where institution_id = ${plan.institutionId} and id = ${plan.runId}`,
  );
  return sql.raw(run?.all_feeds === true ? "distinct on (v.source_key)" : "");
}

/** Turns changes that were unticked or refused before on again and returns how many. What follows others, or is still named, stays off. */
export async function bringBack(tx: Transaction, plan: PlanRef, act: PlanRows & { readonly version: number }): Promise<number> {
  return changed(
    tx,
    sql`
      update left_out o
      set on_at = ${act.version}
      from ${pending(plan, act.entity)} v
      where (${act.rows})
        and o.institution_id = ${plan.institutionId} and o.run_id = ${plan.runId} and o.entity = ${act.entity}
        and o.source_key = v.source_key and o.on_at is null and o.cause in ('person', 'before')`,
  );
}

/** The same for everything at once, without a look at the versions. */
export async function bringBackAll(tx: Transaction, plan: PlanRef, version: number): Promise<number> {
  return changed(
    tx,
    sql`
      update left_out
      set on_at = ${version}
      where institution_id = ${plan.institutionId} and run_id = ${plan.runId} and on_at is null and cause in ('person', 'before')`,
  );
}

/**
 * Turns back what one act did: what it turned off goes on, what it turned on goes off, unless a later act decided otherwise.
 * Returns how many changes that are.
 */
export async function undoChoice(tx: Transaction, plan: PlanRef, of: { undone: number; version: number }): Promise<number> {
  const on = await changed(
    tx,
    sql`
      update left_out
      set on_at = ${of.version}
      where institution_id = ${plan.institutionId} and run_id = ${plan.runId} and off_at = ${of.undone} and on_at is null
        and cause in ('person', 'before')`,
  );
  const off = await changed(
    tx,
    sql`
      insert into left_out (institution_id, run_id, entity, source_key, action, part, cause, detail, off_at)
      select o.institution_id, o.run_id, o.entity, o.source_key, o.action, o.part, o.cause, o.detail, ${of.version}::int
      from left_out o
      where o.institution_id = ${plan.institutionId} and o.run_id = ${plan.runId} and o.on_at = ${of.undone} and o.cause in ('person', 'before')
        and not exists (
          select from left_out l
          where l.institution_id = o.institution_id and l.run_id = o.run_id and l.entity = o.entity and l.source_key = o.source_key
            and l.cause <> 'follows' and (l.on_at is null or l.off_at >= ${of.undone}))
      ${offAgain}`,
  );
  return on + off;
}

/** A change that was on for no longer than one version was never on. */
export const offAgain = sql`
  on conflict (institution_id, run_id, entity, source_key, off_at)
  do update set on_at = null, cause = excluded.cause, detail = excluded.detail`;

/** How many rows a statement touched; `statement` ends where a `returning` may stand. */
export async function changed(tx: Transaction, statement: SQL): Promise<number> {
  const [count] = await read(
    tx,
    z.object({ count: SqlCount }),
    sql`with touched as (${statement} returning 1) select count(*) as count from touched`,
  );
  return count?.count ?? 0;
}
