import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { COLUMNS, type Column } from "@/server/roster/entities";
import type { OpenSet } from "./context";
import { keepFound } from "./issues";
import type { EntityLoads } from "./loads";
import { current, name, stage } from "./tables";

/**
 * Makes whole rows of those that say only a part: a partial row takes the rest from the roster (and is in error where nobody is
 * there to complete it), single entries are merged into the list that is current, and what follows from a person's roles is made
 * of all of them. A new record that still lacks what every record needs is in error. Nothing to do for files that are full.
 */
export async function completeRows(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<void> {
  if (of.entity === "users" && of.columns.has("external_ids")) await keepProfileIds(tx, open, of);
  if (of.merged.size === 0 && of.files.every((file) => file.mode === "bulk")) return;
  await rejectStrangers(tx, open, of);
  await fillPartial(tx, open, of);
  for (const column of of.merged) await mergeEntries(tx, open, { of, column });
  if (of.merged.has("org_roles")) await followRoles(tx, open, of);
  if (of.merged.size > 0) await rejectIncomplete(tx, open, of);
}

/** Partial rows of records that are not there, or archived: their roles alone bring nobody (back). */
async function rejectStrangers(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<void> {
  await keepFound(tx, open, {
    severity: "error",
    code: "REF_MISSING",
    entity: of.entity,
    rows: sql`
      update ${stage(open, of.entity)} s set verdict = 'rejected'
      where s.partial is not null and s.verdict is null and not exists (
        select from ${current(open, of.entity, "v")} where v.source_key = s.source_key and v.status <> 'archived')
      returning s.source_key, s.position, s.partial as file, -s.line as line, null::text as column_name, s.source_key as seen,
        s.source_key || ' is in none of the files and not in the roster; the row was left out.' as detail`,
  });
}

async function fillPartial(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<void> {
  const silent = columnNames(of).filter((column) => !of.merged.has(column));
  await tx.execute(sql`
    update ${stage(open, of.entity)} s set ${sql.raw(silent.map((column) => `${column} = coalesce(s.${column}, v.${column})`).join(", "))},
      status = v.status, exact = false
    from ${current(open, of.entity, "v")}
    where s.partial is not null and s.verdict is null and v.source_key = s.source_key`);
}

/** What a file does not have stays as it is; single entries are merged by their key, in an order of their own. */
async function mergeEntries(tx: Transaction, open: OpenSet, { of, column }: { of: EntityLoads; column: string }): Promise<void> {
  const merging = of.files.filter((file) => file.merged.includes(column)).map((file) => file.position);
  const lacking = of.files.filter((file) => !file.columns.includes(column)).map((file) => file.position);
  const table = stage(open, of.entity);
  const cell = name(column);
  await tx.execute(sql`
    update ${table} s set exact = false, ${cell} = case when ${isMerged(merging)} then merge_entries(v.${cell}, s.${cell}, false) else v.${cell} end
    from ${current(open, of.entity, "v")}
    where v.source_key = s.source_key and s.verdict is null and s.status <> 'tobedeleted'
      and (${isMerged(merging)} or (s.whole is null and ${among(lacking)}))`);
  await tx.execute(sql`
    update ${table} s set exact = false, ${cell} = merge_entries(null, s.${cell}, false)
    where s.verdict is null and s.status <> 'tobedeleted' and ${isMerged(merging)}
      and not exists (select from ${current(open, of.entity, "v")} where v.source_key = s.source_key)`);
}

/** Whether a row's entries are still to be merged into what is current. */
const isMerged = (merging: readonly number[]): SQL => sql`coalesce(not s.whole, ${among(merging)})`;

/** A person's schools and main role are those of all roles; where nobody ever said a role, they stay. The first school stays first. */
async function followRoles(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<void> {
  const merging = of.files.filter((file) => file.merged.includes("org_roles")).map((file) => file.position);
  const table = stage(open, of.entity);
  await tx.execute(sql`
    update ${table} s set org_keys = coalesce(s.org_keys, v.org_keys), primary_role = coalesce(s.primary_role, v.primary_role)
    from ${current(open, of.entity, "v")}
    where v.source_key = s.source_key and s.verdict is null and s.status <> 'tobedeleted' and s.org_roles is null and v.org_roles is null
      and ${isMerged(merging)}`);
  const derived = (first: SQL) => sql`
    org_keys = (select r.org_keys from follow_roles(s.org_roles, ${first}) r),
    primary_role = coalesce((select r.primary_role from follow_roles(s.org_roles, ${first}) r), s.primary_role)`;
  const mine = sql`s.verdict is null and s.status <> 'tobedeleted' and ${isMerged(merging)}`;
  await tx.execute(sql`
    update ${table} s set ${derived(sql`split_part(s.org_keys, ',', 1)`)}
    where s.verdict is null and s.status <> 'tobedeleted' and s.whole`);
  await tx.execute(sql`
    update ${table} s set ${derived(sql`split_part(v.org_keys, ',', 1)`)}
    from ${current(open, of.entity, "v")}
    where v.source_key = s.source_key and ${mine} and (s.org_roles is not null or v.org_roles is not null)`);
  await tx.execute(sql`
    update ${table} s set ${derived(sql`split_part(s.org_keys, ',', 1)`)}
    where ${mine} and s.org_roles is not null and not exists (select from ${current(open, of.entity, "v")} where v.source_key = s.source_key)`);
  await tx.execute(sql`
    update ${table} s set primary_role = v.primary_role
    from ${current(open, of.entity, "v")}
    where v.source_key = s.source_key and ${mine} and s.primary_role is null`);
}

/**
 * Profiles that the delivery does not name stay with the person, and so do the ids that they give, unless it says all profiles.
 * Full lists without roles know no profiles and are spared the look.
 */
async function keepProfileIds(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<void> {
  const silent = of.files
    .filter(({ mode, columns }) => columns.includes("external_ids") && (mode !== "bulk" || columns.includes("org_roles")))
    .filter(({ headings }) => headings.extras === undefined)
    .map((file) => file.position);
  if (silent.length === 0) return;
  await tx.execute(sql`
    update ${stage(open, of.entity)} s set exact = false,
      external_ids = concat_ws(',', s.external_ids, (select string_agg(id, ',' order by id) from unnest(profile_ids(v.extras)) id
        where id <> all(coalesce(string_to_array(s.external_ids, ','), '{}'))))
    from ${current(open, of.entity, "v")}
    where v.source_key = s.source_key and s.verdict is null and s.status <> 'tobedeleted' and s.extras is null and s.partial is null
      and ${among(silent)} and cardinality(profile_ids(v.extras)) > 0`);
}

/** A new record for which merged entries did not say what every record needs: a person without any role. */
async function rejectIncomplete(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<void> {
  const { file } = of.files[0];
  for (const column of (COLUMNS[of.entity] as readonly Column[]).filter((one) => one.required && of.columns.has(one.name))) {
    const cell = name(`s.${column.name}`);
    await keepFound(tx, open, {
      severity: "error",
      code: "REQUIRED",
      entity: of.entity,
      rows: sql`
        update ${stage(open, of.entity)} s set verdict = 'rejected'
        where s.verdict is null and s.status <> 'tobedeleted' and ${cell} is null
          and not exists (select from ${current(open, of.entity, "v")} where v.source_key = s.source_key)
        returning s.source_key, s.position, ${file}::text as file, s.line, ${of.heading(column.name)}::text as column_name, null::text as seen,
          ${`Nothing says the ${of.heading(column.name)} of this new record; the row was left out.`}::text as detail`,
    });
  }
}

const columnNames = (of: EntityLoads): readonly string[] => COLUMNS[of.entity].map((column) => column.name);

const among = (positions: readonly number[]): SQL =>
  positions.length === 0
    ? sql`false`
    : sql`s.position in (${sql.join(
        positions.map((position) => sql`${position}::int`),
        sql`, `,
      )})`;
