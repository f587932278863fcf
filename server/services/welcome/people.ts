import { type SQL, sql } from "drizzle-orm";
import { sourcedIdOf, versionsOf } from "@/db/roster";
import type { welcomeBatches } from "@/db/schema";
import type { WelcomeSettings } from "./settings";

export type BatchRow = typeof welcomeBatches.$inferSelect;

/** The first of all lines: those that no file holds lie below zero. */
export const BEFORE_ALL_LINES = -2_147_483_648;

/** The versions of people that the commit of a batch wrote, under the alias `v`; one stretch of the index of lines. */
export const writtenBy = (batch: BatchRow): SQL => sql`
  ${versionsOf("users")} v
  where v.institution_id = ${batch.institutionId} and v.environment_id = ${batch.environmentId} and v.bucket = ${batch.bucket}
    and v.from_seq = ${batch.seq}`;

/**
 * Whether a version `v` is of a person to whom a welcome mail is due: newly added in a feed whose option is on, active, of the
 * chosen kinds. Somebody who returned is not new, unless the institution says so, or unless their own mail never went.
 */
export const isDue = (batch: BatchRow, settings: WelcomeSettings): SQL => sql`(
  v.feed_id = any(${list(batch.feeds)}::int[]) and v.status = 'active' and coalesce(v.enabled, 'true') <> 'false'
  and ${partOf} = any(${list(settings.parts)}::text[])
  and (v.action = 'add' or v.action = 'reactivate' and (${settings.alsoReturning}::boolean or exists (
    select from welcome_mails known
    where known.institution_id = ${batch.institutionId} and known.sourced_id = ${sourcedIdOf("v")} and ${neverWent("known")}))))`;

/** Whether a person's mail was taken back by an undo, or they were away at their turn: it is still due once they are back. */
export const neverWent = (alias: string): SQL =>
  sql.raw(`(${alias}.state = 'cancelled' and ${alias}.reason = 'undone' or ${alias}.state = 'left' and ${alias}.reason = 'gone')`);

/** A Postgres array as a parameter. */
const list = (values: readonly (string | number)[]): string => `{${values.join(",")}}`;

/** Users as reports split them. */
export const partOf = sql.raw("case v.primary_role when 'student' then 'students' when 'teacher' then 'teachers' else 'others' end");

/** Whether `v` has an address that a mail server can be given: one, and nothing that two programs could read in two ways. */
export const hasAddress = sql.raw(String.raw`coalesce(v.email ~ '^[^[:space:]@,;:<>"()\\]+@[^[:space:]@,;:<>"()\\]+$', false)`);
