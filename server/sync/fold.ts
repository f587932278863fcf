import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import type { OpenSet } from "./context";
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
        and e.verdict is null and s.modified_at < e.modified_at`);
    const cells = [
      ...lacking.map((column) => `${column} = e.${column}`),
      ...merging.map((column) => `${column} = merge_entries(e.${column}, s.${column}, true)`),
      // A partial row stands on the older one; what follows from merged entries is made anew of all of them.
      ...both.map((column) => `${column} = case when s.partial is null then s.${column} else coalesce(s.${column}, e.${column}) end`),
      "partial = case when s.partial is null then null else e.partial end",
      "extras = coalesce(s.extras, e.extras)",
      ...(lacking.length + merging.length + both.length > 0 ? ["exact = false"] : []),
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
