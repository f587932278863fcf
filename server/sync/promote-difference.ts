import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { productionRows, promotes, type Sides, snapshotRows } from "@/db/difference";
import { read, SqlCount } from "@/db/read";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import type { PromotionChecks, PromotionLine } from "@/server/roster/promotion";
import { columnsOf } from "./tables";

/** What is worth knowing of a frozen snapshot before it goes to Production. */
interface WeighedSnapshot {
  /** One word for what the snapshot says: equal words mean equal rows. */
  readonly digest: string;
  readonly difference: readonly PromotionLine[];
  readonly checks: PromotionChecks;
}

/** Compares a Preview snapshot with what Production holds, in sets, and looks for what would trouble people there. Writes nothing. */
export async function weighSnapshot(tx: Transaction, sides: Sides): Promise<WeighedSnapshot> {
  await tx.execute(sql`select set_config('jit', 'off', true), set_config('work_mem', '64MB', true)`);
  const words: string[] = [];
  const difference: PromotionLine[] = [];
  for (const entity of ENTITIES) {
    words.push(await wordOf(tx, sides, entity));
    difference.push(...(await linesOf(tx, sides, entity)));
  }
  const [digest] = await read(tx, z.object({ digest: z.string() }), sql`select md5(${words.join("; ")}) as digest`);
  if (digest === undefined) throw new Error("No digest");
  return { digest: digest.digest, difference, checks: await checksOf(tx, sides) };
}

async function wordOf(tx: Transaction, sides: Sides, entity: Entity): Promise<string> {
  const cells = ["feed_id", "status", "source_key", "coalesce(sourced_id, source_key)", ...columnsOf(entity), "extras"].join(", ");
  const [row] = await read(
    tx,
    z.object({ n: z.string(), sum: z.string() }),
    sql`select count(*)::text as n, coalesce(sum(hashtextextended(row(${sql.raw(cells)})::text, 0)), 0)::text as sum
        from ${snapshotRows(sides, entity)} s`,
  );
  return `${entity} ${row?.n ?? "0"} ${row?.sum ?? "0"}`;
}

const LineRow = z.object({
  part: z.string(),
  preview: SqlCount,
  production: SqlCount,
  archive: SqlCount,
  add: SqlCount,
  edit: SqlCount,
  reactivate: SqlCount,
  along: SqlCount,
});

async function linesOf(tx: Transaction, sides: Sides, entity: Entity): Promise<PromotionLine[]> {
  const rows = await read(
    tx,
    LineRow,
    sql`
      select part, count(*) filter (where is_preview) as preview, count(*) filter (where is_production) as production,
        count(*) filter (where action = 'archive') as archive, count(*) filter (where action = 'add' and is_preview) as add,
        count(*) filter (where action = 'edit') as edit, count(*) filter (where action = 'reactivate') as reactivate,
        count(*) filter (where action = 'add' and not is_preview) as along
      from (
        select ${partOf(entity)} as part, ${promotes(columnsOf(entity))} as action,
          coalesce(s.status <> 'archived', false) as is_preview, coalesce(v.status <> 'archived', false) as is_production
        from ${snapshotRows(sides, entity)} s
        full join ${productionRows(sides, entity)} v on v.feed_id = s.feed_id and v.source_key = s.source_key) compared
      group by part order by part = 'others', part`,
  );
  return rows.map((row) => ({ entity, ...row }));
}

/** How the difference splits an entity: people by role, orgs by being a school. */
function partOf(entity: Entity): SQL {
  if (entity === "orgs") return sql.raw("case coalesce(s.type, v.type) when 'school' then 'schools' else 'others' end");
  if (entity === "users") {
    return sql.raw(
      "case coalesce(s.primary_role, v.primary_role) when 'student' then 'students' when 'teacher' then 'teachers' else 'others' end",
    );
  }
  return sql.raw("'all'");
}

async function checksOf(tx: Transaction, sides: Sides): Promise<PromotionChecks> {
  const [people] = await read(
    tx,
    z.object({ people: SqlCount, withoutSignIn: SqlCount, teachersWithoutEmail: SqlCount }),
    sql`
      select count(*) as people, count(*) filter (where coalesce(username, email, identifier) is null) as "withoutSignIn",
        count(*) filter (where primary_role = 'teacher' and email is null) as "teachersWithoutEmail"
      from ${snapshotRows(sides, "users")} s where s.status = 'active'`,
  );
  const [emails] = await read(
    tx,
    z.object({ shared: SqlCount }),
    sql`select count(*) as shared from (
          select 1 from ${snapshotRows(sides, "users")} s where s.status = 'active' and s.email is not null
          group by lower(s.email) having count(*) > 1) doubled`,
  );
  const [schools] = await read(
    tx,
    z.object({ bare: SqlCount }),
    sql`
      with staffed as (
        select distinct s.feed_id, k.key from ${snapshotRows(sides, "users")} s cross join lateral unnest(string_to_array(s.org_keys, ',')) k(key)
        where s.primary_role = 'teacher' and s.status = 'active')
      select count(*) as bare from ${snapshotRows(sides, "orgs")} s
      where s.type = 'school' and s.status <> 'archived'
        and not exists (select from staffed t where t.feed_id = s.feed_id and t.key = s.source_key)`,
  );
  return {
    people: people?.people ?? 0,
    withoutSignIn: people?.withoutSignIn ?? 0,
    teachersWithoutEmail: people?.teachersWithoutEmail ?? 0,
    sharedEmails: emails?.shared ?? 0,
    schoolsWithoutTeachers: schools?.bare ?? 0,
  };
}
