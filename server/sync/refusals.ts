import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { leaveOut } from "@/db/plan";
import { versionsOf } from "@/db/roster";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import type { OpenSet } from "./context";
import { columnsOf, ours } from "./tables";

interface PlanPlace {
  readonly institutionId: number;
  readonly environmentId: number;
  readonly bucket: number;
  readonly seq: number;
}

/**
 * What a change says, as a digest of action, before and after: two plans that would do the same to a record agree on it.
 * `p` is the pending version, `v` the version that it replaces, if any.
 */
function changeDigest(entity: Entity): SQL {
  return sql.raw(
    `md5(p.action || chr(31) || ${side(entity, "p")} || chr(31) || case when v.source_key is null then '' else ${side(entity, "v")} end)::uuid`,
  );
}

/** The same of a change that somebody may ask for once `after` is current: back to what the version `before` says, by `action`. */
export const returnDigest = (entity: Entity, of: { action: string; before: string; after: string }): SQL =>
  sql.raw(`md5(${of.action} || chr(31) || ${side(entity, of.before)} || chr(31) || ${side(entity, of.after)})::uuid`);

const side = (entity: Entity, alias: string): string =>
  `row(${["status", ...columnsOf(entity), "extras"].map((column) => `${alias}.${column}`).join(", ")})::text`;

/** Pending versions beside what they replace: `p` and `v` (null for adds). */
function plannedChanges(at: PlanPlace & { feedId: number }, entity: Entity): SQL {
  const where = (alias: string) =>
    sql`${sql.raw(alias)}.institution_id = ${at.institutionId} and ${sql.raw(alias)}.environment_id = ${at.environmentId} and ${sql.raw(alias)}.bucket = ${at.bucket}`;
  return sql`(select * from ${versionsOf(entity)} p where ${where("p")} and p.feed_id = ${at.feedId} and p.from_seq = ${at.seq}) p
    left join ${versionsOf(entity)} v on ${where("v")} and v.feed_id = ${at.feedId} and v.source_key = p.source_key and v.from_seq = p.replaces_seq`;
}

/**
 * Keeps what people left out of a plan, with the digest of each change, so that the same change is off when it comes back; what
 * they switched on again is refused no more. Call it while the plan's pending versions are still there.
 */
export async function keepChoices(tx: Transaction, at: PlanPlace, of: { runId: string; feedId: number }): Promise<void> {
  for (const entity of ENTITIES) {
    await tx.execute(sql`
      delete from refusals f using left_out l
      where f.institution_id = ${at.institutionId} and f.environment_id = ${at.environmentId} and f.feed_id = ${of.feedId} and f.entity = ${entity}
        and l.institution_id = f.institution_id and l.run_id = ${of.runId} and l.entity = f.entity and l.source_key = f.source_key
        and l.cause in ('before', 'person') and l.on_at is not null
        and not exists (select from left_out o where o.institution_id = l.institution_id and o.run_id = l.run_id and o.entity = l.entity
          and o.source_key = l.source_key and o.on_at is null and o.cause in ('before', 'person'))`);
    await tx.execute(sql`
      insert into refusals (institution_id, environment_id, feed_id, entity, source_key, action, digest, run_id, account_id, at)
      select ${at.institutionId}, ${at.environmentId}, ${of.feedId}, ${entity}, p.source_key, p.action, ${changeDigest(entity)}, ${of.runId},
        c.account_id, coalesce(c.at, now())
      from left_out l
      join ${plannedChanges({ ...at, feedId: of.feedId }, entity)} on p.source_key = l.source_key
      left join choices c on c.institution_id = l.institution_id and c.run_id = l.run_id and c.version = l.off_at
      where l.institution_id = ${at.institutionId} and l.run_id = ${of.runId} and l.entity = ${entity} and l.cause = 'person' and l.on_at is null
      on conflict (institution_id, environment_id, feed_id, entity, source_key) do update set
        action = excluded.action, digest = excluded.digest, run_id = excluded.run_id, account_id = excluded.account_id, at = excluded.at`);
  }
}

/** Turns off what was refused earlier and comes back identical, and says who refused it and when (R38). */
export async function leaveOutRefused(tx: Transaction, open: OpenSet): Promise<void> {
  for (const entity of ENTITIES) {
    const known = sql`refusals f where f.institution_id = ${open.institutionId} and f.environment_id = ${open.environmentId}
      and f.feed_id = ${open.feedId} and f.entity = ${entity}`;
    if ((await tx.execute(sql`select 1 from ${known} limit 1`)).length === 0) continue;
    await tx.execute(sql`drop table if exists refused_again`);
    await tx.execute(sql`
      create temporary table refused_again on commit drop as
      select p.source_key, f.account_id, f.at, f.run_id from ${plannedChanges(open, entity)}
      join (select * from ${known}) f on f.source_key = p.source_key and f.digest = ${changeDigest(entity)}`);
    await leaveOut(tx, open, {
      entity,
      rows: sql`v.source_key in (select source_key from refused_again)`,
      cause: "before",
      version: 0,
      detail: sql`(select jsonb_build_object('accountId', r.account_id, 'at', r.at, 'run', (select number from runs where id = r.run_id),
          'by', (select coalesce(a.name, a.email) from accounts a where a.id = r.account_id))
        from refused_again r where r.source_key = v.source_key)`,
    });
  }
}

/** A refusal no longer applies once a change of the same record is committed. */
export async function forgetRefusals(tx: Transaction, open: OpenSet): Promise<void> {
  for (const entity of ENTITIES) {
    await tx.execute(sql`
      delete from refusals f
      where f.institution_id = ${open.institutionId} and f.environment_id = ${open.environmentId} and f.entity = ${entity}
        and exists (select from ${versionsOf(entity)} p
          where ${ours(open, "p")} and p.feed_id = f.feed_id and p.source_key = f.source_key and p.from_seq = ${open.seq})`);
  }
}
