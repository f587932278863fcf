import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as schema from "@/db/schema";
import * as durable from "@/db/schema/durable";
import { createDatabase, type TestDatabase } from "@/tests/support/database";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

/** The roster and what surrounds its loading is read by raw SQL alone, so it has no mirror. */
const RAW = /_versions$|_fingerprints$|^(readings|loads)$/;

const mirrors = [...Object.values(schema), ...Object.values(durable)]
  .filter((one) => one instanceof PgTable)
  .map((table) => getTableConfig(table));

test.each(mirrors.map((mirror) => ({ ...mirror, path: `${mirror.schema ?? "public"}.${mirror.name}` })))(
  "$path in db/schema is the table of the database: columns, types, nulls, keys",
  async (mirror) => {
    const columns = await db.administrator<{ name: string; type: string; isNullable: boolean; hasDefault: boolean }[]>`
      select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as "isNullable",
        a.atthasdef or a.attidentity <> '' as "hasDefault"
      from pg_attribute a
      where a.attrelid = ${mirror.path}::regclass and a.attnum > 0 and not a.attisdropped
      order by 1`;
    const mirrored = mirror.columns
      .map((column) => ({
        name: column.name,
        type: inPostgresWords(column.getSQLType()),
        isNullable: !column.notNull,
        hasDefault: column.hasDefault || column.generatedIdentity !== undefined,
      }))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
    if (mirror.schema === undefined) expect(mirrored).toEqual([...columns]);
    // The executor's tables are only read by their mirror, which names what is shown.
    else
      for (const { name, type, isNullable } of mirrored)
        expect(columns, name).toContainEqual(expect.objectContaining({ name, type, isNullable }));
    const key = await db.administrator<{ name: string }[]>`
      select a.attname as name from pg_constraint c
      cross join unnest(c.conkey) with ordinality k(number, place)
      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number
      where c.conrelid = ${mirror.path}::regclass and c.contype = 'p'
      order by k.place`;
    const mirroredKey =
      mirror.primaryKeys[0]?.columns.map((column) => column.name) ??
      mirror.columns.filter((column) => column.primary).map(({ name }) => name);
    expect(mirroredKey).toEqual(key.map(({ name }) => name));
  },
);

test("every table has its mirror, but for the roster's", async () => {
  const found = await db.administrator<{ name: string }[]>`
    select c.relname as name from pg_class c
    where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace`;
  const expected = found.map(({ name }) => name).filter((name) => !RAW.test(name));
  const mirrored = mirrors.filter((mirror) => mirror.schema === undefined).map((mirror) => mirror.name);
  expect(mirrored.toSorted()).toEqual(expected.toSorted());
});

test("values that a column allows are those that its mirror names", async () => {
  const checks = await db.administrator<{ table: string; rule: string }[]>`
    select c.conrelid::regclass::text as table, pg_get_constraintdef(c.oid) as rule
    from pg_constraint c where c.contype = 'c' and c.connamespace = 'public'::regnamespace`;
  const ruled = checks.flatMap(({ table, rule }) => {
    const found = /^CHECK \(\((\w+) = ANY \(ARRAY\[(.+)\]\)\)\)$/.exec(rule);
    if (found === null || RAW.test(table)) return [];
    return [
      { column: `${table}.${found[1]}`, values: [...(found[2] ?? "").matchAll(/'([^']*)'/g)].map((value) => value[1] ?? "").toSorted() },
    ];
  });
  const named = mirrors.flatMap((mirror) =>
    mirror.schema === undefined
      ? mirror.columns.flatMap((column) =>
          column.enumValues === undefined || column.enumValues.length === 0
            ? []
            : [{ column: `${mirror.name}.${column.name}`, values: column.enumValues.toSorted() }],
        )
      : [],
  );
  const inOrder = <T extends { column: string }>(rows: T[]): T[] => rows.toSorted((one, other) => (one.column < other.column ? -1 : 1));
  expect(ruled.length).toBeGreaterThan(8);
  expect(inOrder(named)).toEqual(inOrder(ruled));
});

/** Drizzle's names of types, as Postgres prints them. */
function inPostgresWords(type: string): string {
  return type.replace(/^varchar\((\d+)\)$/, "character varying($1)").replace(/^serial$/, "integer");
}
