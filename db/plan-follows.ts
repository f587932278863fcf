import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "./client";
import { changed, isOff, joinedBy, offAgain, onePerKey, type PlanRef, partOf, pending } from "./plan";
import { PLAN_ENTITIES, PLAN_REFERENCES, type PlanReference } from "./plan-references";
import { read, SqlCount } from "./read";
import { type RosterEntity, versionsOf } from "./roster";

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
  /** Of `onePerKey`. */
  readonly one: SQL;
}

/** From so many on, what names them is found by one pass over the plan instead of one search each. */
const SEARCHED_ONE_BY_ONE = 50;

async function derive(tx: Transaction, plan: PlanRef, at: Omit<Derivation, "one">): Promise<void> {
  const of = { ...at, one: await onePerKey(tx, plan) };
  const off = await offEntities(tx, plan, of);
  // Rows that this transaction wrote are in no statistics: Postgres would take them for one and scan the plan for each.
  if (off.rows > SEARCHED_ONE_BY_ONE) await tx.execute(sql`set local enable_nestloop = off`);
  await deriveFrom(tx, plan, { ...of, off });
  if (off.rows > SEARCHED_ONE_BY_ONE) await tx.execute(sql`set local enable_nestloop = on`);
}

async function deriveFrom(tx: Transaction, plan: PlanRef, { off, ...of }: Derivation & { off: OffEntities }): Promise<void> {
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
  /** Changes that are off and looked at. */
  readonly rows: number;
  /** Entities of which an add or a reactivation is off: such a record will not be there. */
  readonly missing: Set<RosterEntity>;
  /** Entities of which an archive or an edit is off: the version before it stays. */
  readonly staying: Set<RosterEntity>;
}

const OffRow = z.object({
  entity: z.enum(["orgs", "academicSessions", "courses", "classes", "users", "enrollments", "relationships"]),
  action: z.string(),
  count: SqlCount,
});

async function offEntities(tx: Transaction, plan: PlanRef, of: Derivation): Promise<OffEntities> {
  const off = { missing: new Set<RosterEntity>(), staying: new Set<RosterEntity>() };
  return { ...off, rows: await noteOff(tx, plan, { off, ...of }) };
}

/** Notes of which entities something is off, and answers how many changes that are. */
async function noteOff(
  tx: Transaction,
  plan: PlanRef,
  of: Derivation & { off: Pick<OffEntities, "missing" | "staying"> },
): Promise<number> {
  const rows = await read(
    tx,
    OffRow,
    sql`
      select entity, action, count(*) as count
      from left_out
      where institution_id = ${plan.institutionId} and run_id = ${plan.runId} and on_at is null and off_at >= ${of.newer}
      group by entity, action`,
  );
  for (const row of rows) {
    if (row.action === "add" || row.action === "reactivate") of.off.missing.add(row.entity);
    else of.off.staying.add(row.entity);
  }
  return rows.reduce((sum, { count }) => sum + count, 0);
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
function refuseDependents(tx: Transaction, plan: PlanRef, { entity, reference, version, newer, one }: Following): Promise<number> {
  return changed(
    tx,
    sql`
      insert into left_out (institution_id, run_id, entity, source_key, action, part, cause, detail, off_at)
      select ${one} ${plan.institutionId}::int, ${plan.runId}::uuid, ${entity}::text, v.source_key, v.action, ${partOf(entity, "v")}, 'follows',
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
function keepNamed(tx: Transaction, plan: PlanRef, { entity, reference, version, newer, one }: Following): Promise<number> {
  return changed(
    tx,
    sql`
      insert into left_out (institution_id, run_id, entity, source_key, action, part, cause, detail, off_at)
      select ${one} ${plan.institutionId}::int, ${plan.runId}::uuid, ${reference.refers}::text, v.source_key, v.action,
        ${partOf(reference.refers, "v")}, 'follows',
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
