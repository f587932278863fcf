import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "./client";
import { PLAN_ENTITIES, PLAN_REFERENCES, type PlanReference } from "./plan-references";
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
const joinedBy = (entity: RosterEntity, alias: string): SQL =>
  entity === "enrollments" ? sql.raw(` || jsonb_build_object('userKey', ${alias}.user_key, 'classKey', ${alias}.class_key)`) : sql.raw("");

/** Users as reports split them; null for every other entity. */
export const partOf = (entity: RosterEntity, alias: string): SQL =>
  entity === "users"
    ? sql.raw(`case ${alias}.primary_role when 'student' then 'students' when 'teacher' then 'teachers' else 'others' end`)
    : sql.raw("null::text");

/** The pending versions of one entity, as a derived table: the range of the page index that every statement here starts from. */
export const pending = (plan: PlanRef, entity: RosterEntity): SQL => versionsAt(plan, entity, plan.seq);

/** The versions that one commit, or an open set, wrote. */
export const versionsAt = (plan: Omit<PlanRef, "runId" | "seq">, entity: RosterEntity, seq: number): SQL => sql`(
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
      select ${plan.institutionId}::int, ${plan.runId}::uuid, ${act.entity}::text, v.source_key, v.action, ${partOf(act.entity, "v")}, ${act.cause}::text,
        ${act.detail ?? sql`'{}'::jsonb`}${joinedBy(act.entity, "v")}, ${act.version}::int
      from ${pending(plan, act.entity)} v
      where (${act.rows}) and not ${isOff(plan, act.entity, "v")}
      ${offAgain}`,
  );
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
            and (l.on_at is null or l.off_at >= ${of.undone}))
      ${offAgain}`,
  );
  return on + off;
}

/**
 * Makes the `follows` rows say what is so now, at this selection version: refusing an add refuses what names it; a record
 * that stays because its archive or edit was refused keeps what it names from being archived. Costs what is left out, not
 * what is planned. Safe to call again.
 */
export async function followChoices(tx: Transaction, plan: PlanRef, version: number): Promise<void> {
  await changed(
    tx,
    sql`
      update left_out
      set on_at = ${version}
      where institution_id = ${plan.institutionId} and run_id = ${plan.runId} and cause = 'follows' and on_at is null`,
  );
  await derive(tx, plan, { version, newer: 0 });
  await forgetPauses(tx, plan, version);
}

/**
 * The same after an act that only turned changes off: whatever followed before still does, so only what this version turned
 * off is looked at. Costs the act, however much is left out already.
 */
export async function followRefusals(tx: Transaction, plan: PlanRef, version: number): Promise<void> {
  await derive(tx, plan, { version, newer: version });
}

interface Derivation {
  readonly version: number;
  /** Only what was turned off at this version or later is followed. */
  readonly newer: number;
}

async function derive(tx: Transaction, plan: PlanRef, of: Derivation): Promise<void> {
  const off = await offEntities(tx, plan, of);
  for (const entity of PLAN_ENTITIES) {
    for (const reference of PLAN_REFERENCES[entity]) {
      let added = off.missing.has(reference.refers) ? await refuseDependents(tx, plan, { entity, reference, ...of }) : 0;
      if (added > 0) await noteOff(tx, plan, { off, ...of });
      // Records that name their own kind: down the tree, level by level.
      while (added > 0 && reference.refers === entity) added = await refuseDependents(tx, plan, { entity, reference, ...of });
    }
  }
  for (const entity of [...PLAN_ENTITIES].reverse()) {
    for (const reference of PLAN_REFERENCES[entity]) {
      if (!off.staying.has(entity) || !(await hasArchives(tx, plan, reference.refers))) continue;
      let kept = await keepNamed(tx, plan, { entity, reference, ...of });
      if (kept > 0) off.staying.add(reference.refers);
      while (kept > 0 && reference.refers === entity) kept = await keepNamed(tx, plan, { entity, reference, ...of });
    }
  }
}

interface OffEntities {
  /** Entities of which an add or a reactivation is off: such a record will not be there. */
  readonly missing: Set<RosterEntity>;
  /** Entities of which an archive or an edit is off: the version before it stays. */
  readonly staying: Set<RosterEntity>;
}

const OffRow = z.object({
  entity: z.enum(["orgs", "academicSessions", "courses", "classes", "users", "enrollments", "relationships"]),
  action: z.string(),
});

async function offEntities(tx: Transaction, plan: PlanRef, of: Derivation): Promise<OffEntities> {
  const off: OffEntities = { missing: new Set(), staying: new Set() };
  await noteOff(tx, plan, { off, ...of });
  return off;
}

async function noteOff(tx: Transaction, plan: PlanRef, of: Derivation & { off: OffEntities }): Promise<void> {
  const rows = await read(
    tx,
    OffRow,
    sql`
      select distinct entity, action
      from left_out
      where institution_id = ${plan.institutionId} and run_id = ${plan.runId} and on_at is null and off_at >= ${of.newer}`,
  );
  for (const row of rows) {
    if (row.action === "add" || row.action === "reactivate") of.off.missing.add(row.entity);
    else of.off.staying.add(row.entity);
  }
}

async function hasArchives(tx: Transaction, plan: PlanRef, entity: RosterEntity): Promise<boolean> {
  const found = await tx.execute(sql`select 1 from ${pending(plan, entity)} v where v.action = 'archive' limit 1`);
  return found.length > 0;
}

interface Following extends Derivation {
  readonly entity: RosterEntity;
  readonly reference: PlanReference;
}

/** Turns off every change of `entity` whose new version names a record that will not be there. */
function refuseDependents(tx: Transaction, plan: PlanRef, { entity, reference, version, newer }: Following): Promise<number> {
  return changed(
    tx,
    sql`
      insert into left_out (institution_id, run_id, entity, source_key, action, part, cause, detail, off_at)
      select ${plan.institutionId}::int, ${plan.runId}::uuid, ${entity}::text, v.source_key, v.action, ${partOf(entity, "v")}, 'follows',
        jsonb_build_object('entity', ${reference.refers}::text, 'sourceKey', min(m.source_key))${joinedBy(entity, "v")}, ${version}::int
      from ${pending(plan, entity)} v
      ${namedBy("v", reference, "named")}
      join left_out m on m.source_key = named.key
      where m.institution_id = ${plan.institutionId} and m.run_id = ${plan.runId} and m.entity = ${reference.refers}
        and m.on_at is null and m.off_at >= ${newer} and m.action in ('add', 'reactivate')
        and v.action <> 'archive' and not ${isOff(plan, entity, "v")}
      group by v.source_key, v.action${sql.raw(GROUPED_WITH[entity] ?? "")}
      ${offAgain}`,
  );
}

/** Turns off every archive of a record that a version of `entity` names which stays, since its own archive or edit is off. */
function keepNamed(tx: Transaction, plan: PlanRef, { entity, reference, version, newer }: Following): Promise<number> {
  return changed(
    tx,
    sql`
      insert into left_out (institution_id, run_id, entity, source_key, action, part, cause, detail, off_at)
      select ${plan.institutionId}::int, ${plan.runId}::uuid, ${reference.refers}::text, v.source_key, v.action, ${partOf(reference.refers, "v")}, 'follows',
        jsonb_build_object('entity', ${entity}::text, 'sourceKey', min(m.source_key), 'count', count(*)), ${version}::int
      from left_out m
      join ${pending(plan, entity)} p on p.source_key = m.source_key
      join ${versionsOf(entity)} b on b.institution_id = p.institution_id and b.environment_id = ${plan.environmentId} and b.bucket = ${plan.bucket}
        and b.source_key = p.source_key and b.feed_id = p.feed_id and b.from_seq = p.replaces_seq
      ${namedBy("b", reference, "named")}
      join ${pending(plan, reference.refers)} v on v.source_key = named.key and v.action = 'archive'
      where m.institution_id = ${plan.institutionId} and m.run_id = ${plan.runId} and m.entity = ${entity}
        and m.on_at is null and m.off_at >= ${newer} and m.action in ('archive', 'edit', 'rekey')
        and not ${isOff(plan, reference.refers, "v")}
      group by v.source_key, v.action${sql.raw(GROUPED_WITH[reference.refers] ?? "")}
      ${offAgain}`,
  );
}

/** What the columns above are made of, beside the key. */
const GROUPED_WITH: Partial<Record<RosterEntity, string>> = { users: ", v.primary_role", enrollments: ", v.user_key, v.class_key" };

/** The keys that a row's reference names, one row each. */
const namedBy = (alias: string, reference: PlanReference, as: string): SQL =>
  reference.list
    ? sql.raw(`cross join lateral unnest(string_to_array(${alias}.${reference.column}, ',')) ${as}(key)`)
    : sql.raw(`cross join lateral (select ${alias}.${reference.column}) ${as}(key)`);

/** A change that was on for no longer than one version was never on. */
const offAgain = sql`
  on conflict (institution_id, run_id, entity, source_key, off_at)
  do update set on_at = null, cause = excluded.cause, detail = excluded.detail`;

/** What was released and turned off again by the same act, for the same reason, was off all along. */
async function forgetPauses(tx: Transaction, plan: PlanRef, version: number): Promise<void> {
  await tx.execute(sql`
    with again as (
      delete from left_out n
      using left_out o
      where n.institution_id = ${plan.institutionId} and n.run_id = ${plan.runId} and n.off_at = ${version} and n.on_at is null
        and n.cause = 'follows'
        and o.institution_id = n.institution_id and o.run_id = n.run_id and o.entity = n.entity and o.source_key = n.source_key
        and o.on_at = ${version} and o.off_at < ${version} and o.cause = 'follows' and o.detail = n.detail
      returning n.entity, n.source_key, o.off_at)
    update left_out o
    set on_at = null
    from again a
    where o.institution_id = ${plan.institutionId} and o.run_id = ${plan.runId} and o.entity = a.entity and o.source_key = a.source_key
      and o.off_at = a.off_at`);
}

/** How many rows a statement touched; `statement` ends where a `returning` may stand. */
async function changed(tx: Transaction, statement: SQL): Promise<number> {
  const [count] = await read(
    tx,
    z.object({ count: SqlCount }),
    sql`with touched as (${statement} returning 1) select count(*) as count from touched`,
  );
  return count?.count ?? 0;
}
