import type { TestDatabase } from "@/tests/support/database";

/** One digest per table over everything that an institution has: equal before and after means that nothing of it was touched. */
export async function tenantDigest(db: TestDatabase, institutionId: number): Promise<Record<string, string>> {
  return tenantDigests(db, [institutionId]);
}

/** The same over several, in one reading. */
export async function tenantDigests(db: TestDatabase, institutionIds: readonly number[]): Promise<Record<string, string>> {
  const sql = db.administrator;
  const tables = await sql<{ name: string; key: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name, a.attname as key
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
      and a.attname = case when c.relname = 'institutions' then 'id' else 'institution_id' end
    where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema')
    order by 1`;
  const parts = tables.map(
    ({ name, key }) =>
      `select '${name}' as name, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as digest from ${name} t where ${key} = any($1::int[])`,
  );
  const rows = await sql.begin(async (tx) => {
    // Over all partitions, planning takes ten times as long as reading: once will do.
    await tx`set local plan_cache_mode = force_generic_plan`;
    return tx.unsafe<{ name: string; digest: string }[]>(parts.join(" union all "), [[...institutionIds]], { prepare: true });
  });
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}
