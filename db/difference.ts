import { type SQL, sql } from "drizzle-orm";
import { isOff, type PlanRef, pending } from "./plan";
import { type RosterEntity, versionsOf } from "./roster";

/** A frozen state of one environment, and the current one of another, of the same institution. */
export interface Sides {
  readonly institutionId: number;
  readonly snapshot: { readonly environmentId: number; readonly bucket: number; readonly seq: number };
  readonly production: { readonly environmentId: number; readonly bucket: number; readonly headSeq: number };
}

/** The rows of an environment as they were current at a commit, as a derived table. Versions never change, so it is the same at any time. */
export const rowsAt = (
  at: { institutionId: number; environmentId: number; bucket: number; seq: number },
  entity: RosterEntity,
): SQL => sql`(
  select * from ${versionsOf(entity)} known
  where known.institution_id = ${at.institutionId} and known.environment_id = ${at.environmentId} and known.bucket = ${at.bucket}
    and known.from_seq <= ${at.seq} and (known.to_seq is null or known.to_seq > ${at.seq}))`;

/** The snapshot's rows and Production's current ones, each as a derived table. */
export const snapshotRows = (sides: Sides, entity: RosterEntity): SQL =>
  rowsAt({ institutionId: sides.institutionId, ...sides.snapshot }, entity);
export const productionRows = (sides: Sides, entity: RosterEntity): SQL =>
  rowsAt({ institutionId: sides.institutionId, ...sides.production, seq: sides.production.headSeq }, entity);

/** Whether the snapshot's row `s` says something else than Production's `v`, over these columns. */
export const differs = (columns: readonly string[]): SQL =>
  sql.raw(`(${["status", ...columns, "extras"].map((column) => `v.${column} is distinct from s.${column}`).join(" or ")})`);

/**
 * What a promotion does to a record, by the snapshot's row `s` beside Production's `v`, either of which may be missing; null:
 * nothing. A record that is archived on both sides is not touched; one that Production never had comes along archived, so that
 * it returns as the same record.
 */
export const promotes = (columns: readonly string[]): SQL => sql`case
  when s.source_key is null then case when v.status <> 'archived' then 'archive' end
  when v.source_key is null then 'add'
  when s.status = 'archived' then case when v.status <> 'archived' then 'archive' end
  when v.status = 'archived' then 'reactivate'
  when ${differs(columns)} then 'edit' end`;

/**
 * What a plan would do with what is on of it, in one word per entity: two plans over the same roster with equal words do the same to
 * every record, in whichever environment and under whichever numbers they were prepared.
 */
export const planWord = (plan: PlanRef, of: { entity: RosterEntity; columns: readonly string[] }): SQL => sql`
  select count(*)::text || ' ' || coalesce(sum(('x' || substr(md5(row(${sql.raw(
    ["feed_id", "source_key", "action", "status", ...of.columns, "extras"].map((column) => `p.${column}`).join(", "),
  )})::text), 1, 15))::bit(60)::bigint), 0)::text as word
  from ${pending(plan, of.entity)} p where not ${isOff(plan, of.entity, "p")}`;
