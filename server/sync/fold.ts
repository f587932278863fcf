import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { isTime } from "./check-doubles";
import type { OpenSet } from "./context";
import { keepFound } from "./issues";
import type { EntityLoads } from "./loads";
import { current, stage } from "./tables";

/**
 * Several deltas in one run: of each record the newest row stays, completed by what only older ones say, so that the result
 * is the same as committing them one after the other. Columns that a row's own file lacks are filled from the older row, else
 * from the roster, so that all rows have the columns of all files afterwards.
 */
export async function foldDeliveries(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<void> {
  if (of.files.length < 2) return;
  const table = stage(open, of.entity);
  const known = new Set<string>(of.files[0].columns);
  for (const file of of.files.slice(1)) {
    const lacking = [...known].filter((column) => !file.columns.includes(column) && !of.merged.has(column));
    const merging = file.merged.filter((column) => known.has(column));
    const both = file.merged.length === 0 ? [] : [...known].filter((column) => file.columns.includes(column) && !merging.includes(column));
    const fresh = file.columns.filter((column) => !known.has(column) && !of.merged.has(column));
    await tx.execute(sql`
      update ${table} s set verdict = 'stale'
      from ${table} e
      where s.position = ${file.position} and e.position < ${file.position} and e.source_key = s.source_key and s.verdict is null
        and e.verdict is null and s.modified_at < e.modified_at and ${isTime("e.modified_at")}`);
    await leaveDeleted(tx, open, { of, position: file.position });
    // A list that an older row says in full is whole once this one's entries are in it.
    const whole = wholeness(of, file.position);
    const silent = [...of.merged].filter((column) => known.has(column) && !file.columns.includes(column));
    const cells = [
      ...lacking.map((column) => `${column} = e.${column}`),
      ...silent.map((column) => `${column} = e.${column}`),
      ...merging.map((column) => `${column} = merge_entries(e.${column}, s.${column}, not coalesce(${whole}, false))`),
      // A partial row stands on the older one; what follows from merged entries is made anew of all of them.
      ...both.map((column) => {
        const said = `case when s.partial is null then s.${column} else coalesce(s.${column}, e.${column}) end`;
        const isFollowing = merging.includes("org_roles") && FOLLOWING.includes(column);
        return `${column} = ${isFollowing ? `case when ${whole} then e.${column} else ${said} end` : said}`;
      }),
      ...(merging.length + silent.length > 0 ? [`whole = ${whole}`] : []),
      "partial = case when s.partial is null then null else e.partial end",
      "extras = coalesce(s.extras, e.extras)",
      ...(lacking.length + silent.length + merging.length + both.length > 0 ? ["exact = false"] : []),
    ];
    await tx.execute(sql`
      update ${table} s set ${sql.raw(cells.join(", "))}
      from ${table} e
      where s.position = ${file.position} and e.position < ${file.position} and e.source_key = s.source_key and s.verdict is null
        and e.verdict is null and s.status <> 'tobedeleted' and e.status <> 'tobedeleted'`);
    await fill(tx, open, {
      of,
      columns: lacking,
      where: sql`s.position = ${file.position} and not exists (
      select from ${table} e where e.position < ${file.position} and e.source_key = s.source_key and e.verdict is null and e.status <> 'tobedeleted')`,
    });
    await fill(tx, open, { of, columns: fresh, where: sql`s.position < ${file.position}` });
    await tx.execute(sql`
      update ${table} e set verdict = 'older'
      from ${table} s
      where s.position = ${file.position} and e.position < ${file.position} and e.source_key = s.source_key and s.verdict is null and e.verdict is null`);
    for (const column of file.columns) known.add(column);
  }
}

/** What follows from a person's roles; of rows that stand on a full list the older row's, so that the first school stays first. */
const FOLLOWING: readonly string[] = ["org_keys", "primary_role"];

/** Whether the older row `e` says the whole of the merged columns: true, false, or null where its file does not have them. */
function wholeness(of: EntityLoads, before: number): string {
  const merged = [...of.merged];
  const cases = of.files
    .filter((file) => file.position < before && merged.some((column) => file.columns.includes(column)))
    .map((file) => `when ${file.position} then ${file.merged.length === 0}`);
  return cases.length === 0 ? "e.whole" : `coalesce(e.whole, case e.position ${cases.join(" ")} end)`;
}

/** Roles alone bring nobody back whom an older delivery of the run deletes: that row stands, and this one is in error. */
async function leaveDeleted(tx: Transaction, open: OpenSet, { of, position }: { of: EntityLoads; position: number }): Promise<void> {
  await keepFound(tx, open, {
    severity: "error",
    code: "REF_MISSING",
    entity: of.entity,
    rows: sql`
      update ${stage(open, of.entity)} s set verdict = 'rejected'
      from ${stage(open, of.entity)} e
      where s.position = ${position} and s.partial is not null and s.verdict is null
        and e.position < ${position} and e.source_key = s.source_key and e.verdict is null and e.status = 'tobedeleted'
      returning s.source_key, s.position, s.partial as file, -s.line as line, null::text as column_name, s.source_key as seen,
        s.source_key || ' is deleted by an earlier delivery; the row was left out.' as detail`,
  });
}

/** Gives staged rows the current values of columns that their file does not have. */
async function fill(
  tx: Transaction,
  open: OpenSet,
  { of, columns, where }: { of: EntityLoads; columns: readonly string[]; where: ReturnType<typeof sql> },
): Promise<void> {
  if (columns.length === 0) return;
  await tx.execute(sql`
    update ${stage(open, of.entity)} s set ${sql.raw(columns.map((column) => `${column} = v.${column}`).join(", "))}
    from ${current(open, of.entity, "v")}
    where v.source_key = s.source_key and s.verdict is null and ${where}`);
}
