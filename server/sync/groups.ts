import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { versionsOf } from "@/db/roster";
import type { Entity } from "@/server/roster/entities";
import type { OpenSet } from "./context";
import type { EntityLoads } from "./loads";
import { beforeName, current, gone, list, ours, pending, stage } from "./tables";

/** So many rows of one school and one part of an entity. */
export interface Group {
  readonly school: string;
  readonly part: string;
  readonly n: number;
}

const Group = z.object({ school: z.string(), part: z.string(), n: SqlCount });
const OutcomeGroup = Group.extend({ position: z.number(), outcome: z.string() });
export type OutcomeGroup = z.infer<typeof OutcomeGroup>;

/** Today where the institution is, as dates stand in cells. */
export async function todayOf(tx: Transaction, open: OpenSet): Promise<string> {
  const [row] = await read(
    tx,
    z.object({ today: z.string() }),
    sql`select (now() at time zone time_zone)::date::text as today from institutions where id = ${open.institutionId}`,
  );
  if (row === undefined) throw new Error("No institution");
  return row.today;
}

/** How reports split an entity: people by role, orgs by being a school, enrollments by their dates. */
export function partOf(entity: Entity, alias: string, today: string): SQL {
  const at = sql.raw(alias);
  switch (entity) {
    case "orgs":
      return sql`case ${at}.type when 'school' then 'schools' else 'others' end`;
    case "users":
      return sql`case ${at}.primary_role when 'student' then 'students' when 'teacher' then 'teachers' else 'others' end`;
    case "enrollments":
      return sql`case when ${at}.start_date > ${today}::text then 'futureDated' when ${at}.end_date <= ${today}::text then 'ended' else 'active' end`;
    case "academicSessions":
    case "courses":
    case "classes":
    case "relationships":
      return sql`'all'`;
    default:
      return entity satisfies never;
  }
}

/** The school under which a row is counted; '' for rows of the district. */
export function countedSchool(entity: Entity, alias: string): SQL {
  const at = sql.raw(alias);
  switch (entity) {
    case "orgs":
      return sql`case ${at}.type when 'school' then ${at}.source_key else '' end`;
    case "classes":
    case "enrollments":
      return sql`coalesce(${at}.school_key, '')`;
    case "users":
      return sql`coalesce(split_part(${at}.org_keys, ',', 1), '')`;
    case "academicSessions":
    case "courses":
    case "relationships":
      return sql`''`;
    default:
      return entity satisfies never;
  }
}

/** What became of a staged row `s`, whose pending version, if any, is `p`. */
export const outcome: SQL = sql`case when s.verdict = 'rejected' then 'rejected' when s.verdict is not null then 'ignored'
  when p.action is not null then p.action when s.status = 'tobedeleted' then 'ignored' else 'unchanged' end`;

const by = (entity: Entity, alias: string, today: string): SQL =>
  sql`${countedSchool(entity, alias)} as school, ${partOf(entity, alias, today)} as part`;

/** The columns that decide under what a row is counted. Rows are counted by them first: the words for it cost more than the count. */
export function countedBy(entity: Entity): readonly string[] {
  switch (entity) {
    case "orgs":
      return ["type", "source_key"];
    case "classes":
      return ["school_key"];
    case "users":
      return ["primary_role", "org_keys"];
    case "enrollments":
      return ["school_key", "start_date", "end_date"];
    case "academicSessions":
    case "courses":
    case "relationships":
      return ["status"];
    default:
      return entity satisfies never;
  }
}

/** The feed's active rows before the plan. A quick load has counted them while it read. */
export async function activeBefore(
  tx: Transaction,
  open: OpenSet,
  of: { entity: Entity; today: string; isQuick: boolean },
): Promise<Group[]> {
  if (open.baseSeq === 0) return [];
  const counted = of.isQuick
    ? sql.raw(beforeName(open.runId, of.entity))
    : sql`(
        select ${list("c", countedBy(of.entity))}, count(*) as n from ${current(open, of.entity, "c")} where c.status <> 'archived'
        group by ${list("c", countedBy(of.entity))})`;
  return read(tx, Group, sql`select ${by(of.entity, "v", of.today)}, sum(v.n)::bigint as n from ${counted} v group by 1, 2`);
}

/** Where each staged row went. A row that only its line's fingerprint knows is not here. */
export async function stagedOutcomes(tx: Transaction, open: OpenSet, of: { loads: EntityLoads; today: string }): Promise<OutcomeGroup[]> {
  const { entity } = of.loads;
  return read(
    tx,
    OutcomeGroup,
    sql`select s.position, ${by(entity, "s", of.today)},
          ${outcome} as outcome, count(*) as n
        from ${stage(open, entity)} s
        left join ${pending(open, entity, "p")} on p.source_key = s.source_key and s.verdict is null
        group by 1, 2, 3, 4`,
  );
}

/** Current rows of a quick load that are neither staged nor gone: their lines are known. As those that are either, to be taken away. */
export async function notKnown(tx: Transaction, open: OpenSet, of: { entity: Entity; today: string }): Promise<Group[]> {
  return read(
    tx,
    Group,
    sql`with keys as (select source_key from ${stage(open, of.entity)} union select source_key from ${gone(open, of.entity)})
        select ${by(of.entity, "v", of.today)}, count(*) as n
        from keys k join ${current(open, of.entity, "v")} on v.source_key = k.source_key
        where v.status <> 'archived' group by 1, 2`,
  );
}

const LandedGroup = Group.extend({ action: z.string(), is_listed: z.boolean(), is_active: z.boolean() });
export type LandedGroup = z.infer<typeof LandedGroup>;

/**
 * The plan's rows by action; `is_listed`: a row of a file asked for it, only archives come of no row; `is_active`: the record is there
 * afterwards (what a promotion adds may be archived already).
 */
export async function landedGroups(tx: Transaction, open: OpenSet, of: { entity: Entity; today: string }): Promise<LandedGroup[]> {
  return read(
    tx,
    LandedGroup,
    sql`select p.action, p.is_listed, p.is_active, ${by(of.entity, "p", of.today)}, sum(p.n)::bigint as n
        from (
          select l.action, l.line > 0 or l.action <> 'archive' as is_listed, l.status <> 'archived' as is_active, ${list("l", countedBy(of.entity))},
            count(*) as n
          from ${pending(open, of.entity, "l")} group by 1, 2, 3, ${list("l", countedBy(of.entity))}) p
        group by 1, 2, 3, 4, 5`,
  );
}

/** The active rows that the plan's rows would replace; with `where`, a condition over the plan's row `p`, only those. */
export async function replacedGroups(tx: Transaction, open: OpenSet, of: { entity: Entity; today: string; where?: SQL }): Promise<Group[]> {
  if (open.baseSeq === 0) return [];
  return read(
    tx,
    Group,
    sql`select ${by(of.entity, "v", of.today)}, count(*) as n
        from ${pending(open, of.entity, "p")}
        join ${versionsOf(of.entity)} v on ${ours(open, "v")} and v.feed_id = p.feed_id and v.source_key = p.source_key and v.from_seq = p.replaces_seq
        where v.status <> 'archived' and ${of.where ?? sql`true`} group by 1, 2`,
  );
}
