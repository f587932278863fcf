import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { type PlanRef, pending } from "@/db/plan";
import { read } from "@/db/read";
import { versionsOf } from "@/db/roster";
import { ACTIONS } from "@/server/roster/change";
import { ENTITIES, type Entity } from "@/server/roster/entities";

/** What a list of changes, or an act of choosing, is limited to. */
export const ChangeFilter = z.object({
  entity: z.enum(ENTITIES).optional(),
  /** Of users only. */
  person: z.enum(["students", "teachers", "others"]).optional(),
  action: z.enum(ACTIONS).optional(),
  /** A school's source key. */
  school: z.string().min(1).max(255).optional(),
  text: z.string().trim().min(1).max(100).optional(),
  show: z.enum(["all", "off", "warning"]).optional(),
});
export type ChangeFilter = z.infer<typeof ChangeFilter>;

/** From so many letters on, text is found in any part of a person's words; below it begins a name or a key. */
const ANY_PART_FROM = 4;

/** What is known beforehand of a filter that is asked of one range after the other. */
interface Known {
  readonly isMostlyOff?: boolean;
  /** Whom the text finds, in the plan and in the roster. */
  readonly found?: readonly string[];
}

/** The condition of a filter over pending versions of one entity under the alias `v`; null where nothing of it can match. */
export function conditionOf(plan: PlanRef, entity: Entity, filter: ChangeFilter & Known): SQL | null {
  if (filter.entity !== undefined && filter.entity !== entity) return null;
  if (filter.person !== undefined && entity !== "users") return null;
  const parts: SQL[] = [sql`true`];
  if (filter.action !== undefined) parts.push(sql`v.action = ${filter.action}`);
  if (filter.person === "others") parts.push(sql`coalesce(v.primary_role, '') not in ('student', 'teacher')`);
  else if (filter.person !== undefined) parts.push(sql`v.primary_role = ${filter.person === "students" ? "student" : "teacher"}`);
  if (filter.school !== undefined) parts.push(ofSchool(plan, entity, filter.school));
  if (filter.text !== undefined) parts.push(withText(plan, entity, { text: filter.text, found: filter.found }));
  switch (filter.show) {
    case undefined:
    case "all":
      break;
    case "off":
      parts.push(filter.isMostlyOff === true ? offOneByOne(plan, entity) : offByKey(plan, entity));
      break;
    case "warning":
      parts.push(sql`v.source_key in (
        select i.source_key from issues i
        where i.institution_id = ${plan.institutionId} and i.run_id = ${plan.runId} and i.entity = ${entity} and i.severity = 'warning')`);
      break;
    default:
      filter.show satisfies never;
  }
  return sql.join(parts, sql` and `);
}

/** Few are off: they are looked up by their keys. The statistics know nothing of a run's own rows, so the form decides the plan. */
const offByKey = (plan: PlanRef, entity: Entity): SQL => sql`v.source_key = any(array(
  select o.source_key from left_out o
  where o.institution_id = ${plan.institutionId} and o.run_id = ${plan.runId} and o.entity = ${entity} and o.on_at is null))`;

/** Many are off: a page in order comes upon them soon. A scalar subselect stays what it is, row by row. */
const offOneByOne = (plan: PlanRef, entity: Entity): SQL => sql`(
  select true from left_out f
  where f.institution_id = ${plan.institutionId} and f.run_id = ${plan.runId} and f.entity = ${entity}
    and f.source_key = v.source_key and f.on_at is null
  limit 1)`;

function ofSchool(plan: PlanRef, entity: Entity, school: string): SQL {
  const person = (column: string) => sql`exists (
    select from ${versionsOf("users")} u
    where u.institution_id = ${plan.institutionId} and u.environment_id = ${plan.environmentId} and u.bucket = ${plan.bucket}
      and u.source_key = ${sql.raw(column)} and u.from_seq <= ${plan.seq} and ${school} = any(string_to_array(u.org_keys, ',')))`;
  switch (entity) {
    case "orgs":
      return sql`v.source_key = ${school}`;
    case "academicSessions":
    case "courses":
      return sql`v.org_key = ${school}`;
    case "classes":
      return sql`v.school_key = ${school}`;
    case "users":
      return sql`${school} = any(string_to_array(v.org_keys, ','))`;
    case "enrollments":
      return sql`(v.school_key = ${school} or (v.school_key is null and v.class_key in (
        select c.source_key from ${versionsOf("classes")} c
        where c.institution_id = ${plan.institutionId} and c.environment_id = ${plan.environmentId} and c.bucket = ${plan.bucket}
          and c.school_key = ${school} and c.from_seq <= ${plan.seq})))`;
    case "relationships":
      return sql`(${person("v.user_key")} or ${person("v.related_user_key")})`;
    default:
      return entity satisfies never;
  }
}

const like = (text: string, any: boolean): string => `${any ? "%" : ""}${text.toLowerCase().replace(/[%_\\]/g, "\\$&")}%`;

interface Text {
  readonly text: string;
  readonly found?: readonly string[] | undefined;
}

function withText(plan: PlanRef, entity: Entity, sought: Text): SQL {
  const { text } = sought;
  const begins = (columns: readonly string[]) =>
    sql`(${sql.join([...columns.map((column) => sql`lower(v.${sql.raw(column)}) like ${like(text, false)}`)], sql` or `)})`;
  switch (entity) {
    case "orgs":
      return begins(["name", "identifier", "source_key"]);
    case "academicSessions":
      return begins(["title", "source_key"]);
    case "courses":
    case "classes":
      return begins(["title", "code", "source_key"]);
    case "users":
      return personWith("v", text);
    case "enrollments":
      return sql`(v.source_key = ${text} or v.class_key = ${text} or v.user_key in (${peopleWith(plan, sought)}))`;
    case "relationships":
      return sql`(v.source_key = ${text} or v.user_key in (${peopleWith(plan, sought)}) or v.related_user_key in (${peopleWith(plan, sought)}))`;
    default:
      return entity satisfies never;
  }
}

/** A person's words, as the search index of the roster has them. */
const wordsOfPerson = (alias: string): SQL =>
  sql.raw(
    `lower(coalesce(${alias}.given_name, '') || ' ' || coalesce(${alias}.family_name, '') || ' ' || coalesce(${alias}.preferred_given_name, '') || ' ' || ` +
      `coalesce(${alias}.username, '') || ' ' || coalesce(${alias}.email, '') || ' ' || coalesce(${alias}.identifier, ''))`,
  );

function personWith(alias: string, text: string): SQL {
  const of = (column: string) => sql.raw(`lower(${alias}.${column})`);
  const key = sql`${of("source_key")} like ${like(text, false)}`;
  if (text.replaceAll(" ", "").length < ANY_PART_FROM) {
    return sql`(${of("given_name")} like ${like(text, false)} or ${of("family_name")} like ${like(text, false)} or ${key})`;
  }
  const words = text.split(/\s+/).map((word) => sql`${wordsOfPerson(alias)} like ${like(word, true)}`);
  return sql`((${sql.join(words, sql` and `)}) or ${key})`;
}

/** Keys of people with that text: those of the plan, and those that the roster's search finds. */
function peopleWith(plan: PlanRef, { text, found }: Text): SQL {
  if (found !== undefined) return sql`select json_array_elements_text(${JSON.stringify(found)}::json)`;
  const planned = sql`select u.source_key from ${pending(plan, "users")} u where ${personWith("u", text)} or u.source_key = ${text}`;
  if (text.replaceAll(" ", "").length < ANY_PART_FROM) return sql`${planned} union all select ${text}::text`;
  return sql`${planned} union all select s.source_key from ${search(plan, text)} s`;
}

const search = (plan: PlanRef, text: string): SQL =>
  sql`search_users(${plan.institutionId}, ${plan.environmentId}, ${plan.bucket}, ${text}, null, null, true, null, null, 200)`;

/** From so many people on, each range looks for them itself: no statement is sent a list of all. */
const MANY_PEOPLE = 2_000;

/** Keys of the people with that text, for a filter that is asked of several ranges; undefined where they are too many to be told. */
export async function findPeople(tx: Transaction, plan: PlanRef, text: string): Promise<string[] | undefined> {
  const rows = await read(
    tx,
    z.object({ source_key: z.string() }),
    sql`select p.source_key from (${peopleWith(plan, { text })}) p (source_key) limit ${MANY_PEOPLE}`,
  );
  return rows.length < MANY_PEOPLE ? rows.map((row) => row.source_key) : undefined;
}
