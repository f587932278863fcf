import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import type { Entity } from "@/server/roster/entities";
import type { OpenSet } from "./context";
import { current, stage } from "./tables";

/** The schools of a row, as an array of keys; null for entities that belong to the whole district. */
export function schoolsOf(open: OpenSet, entity: Entity, alias: string): SQL | null {
  const at = sql.raw(alias);
  switch (entity) {
    case "classes":
      return sql`array[${at}.school_key]`;
    case "users":
      return sql`string_to_array(${at}.org_keys, ',')`;
    case "enrollments":
      return sql`array[coalesce(${at}.school_key, (select c.school_key from ${current(open, "classes", "c")} where c.source_key = ${at}.class_key))]`;
    case "relationships":
      return sql`(select string_to_array(u.org_keys, ',') from ${current(open, "users", "u")} where u.source_key = ${at}.user_key)`;
    case "orgs":
    case "academicSessions":
    case "courses":
      return null;
    default:
      return entity satisfies never;
  }
}

const chosen = (open: OpenSet): SQL =>
  sql`(select array_agg(k) from jsonb_array_elements_text(${JSON.stringify(open.schools ?? [])}::jsonb) k)`;

/**
 * In a run over chosen schools, rows of none of them change nothing. Orgs, sessions and courses are everybody's: they are read,
 * but not archived, not even where a delta says so.
 */
export async function leaveOutside(tx: Transaction, open: OpenSet, entity: Entity): Promise<void> {
  const schools = schoolsOf(open, entity, "s");
  const before = schoolsOf(open, entity, "v");
  if (open.schools === null) return;
  if (schools === null || before === null) {
    await tx.execute(sql`
      update ${stage(open, entity)} s set verdict = 'outside'
      where s.verdict is null and s.status = 'tobedeleted'
        and not exists (select from ${current(open, entity, "v")} where v.source_key = s.source_key and ${mayArchive(open, entity, "v")})`);
    return;
  }
  await tx.execute(sql`
    update ${stage(open, entity)} s set verdict = 'outside'
    where s.verdict is null and s.status <> 'tobedeleted' and not coalesce(${schools} && ${chosen(open)}, false)
      and not exists (select from ${current(open, entity, "v")} where v.source_key = s.source_key and ${before} && ${chosen(open)})`);
  await tx.execute(sql`
    update ${stage(open, entity)} s set verdict = 'outside'
    where s.verdict is null and s.status = 'tobedeleted'
      and not exists (select from ${current(open, entity, "v")} where v.source_key = s.source_key and ${before} <@ ${chosen(open)})`);
}

/**
 * Whether a current row under this alias may be archived: without chosen schools, any; with them only one all of whose
 * schools were chosen, of orgs only a chosen school itself, of sessions and courses none (R3).
 */
export function mayArchive(open: OpenSet, entity: Entity, alias: string): SQL {
  if (open.schools === null) return sql`true`;
  const at = sql.raw(alias);
  if (entity === "orgs") return sql`${at}.type = 'school' and coalesce(array[${at}.source_key] <@ ${chosen(open)}, false)`;
  const schools = schoolsOf(open, entity, alias);
  return schools === null ? sql`false` : sql`coalesce(${schools} <@ ${chosen(open)}, false)`;
}
