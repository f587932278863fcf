import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { leaveOut } from "@/db/plan";
import { read } from "@/db/read";
import { versionsOf } from "@/db/roster";
import { COLUMNS, type Column, ENTITIES, type Entity } from "@/server/roster/entities";
import type { OpenSet } from "./context";
import type { EntityLoads } from "./loads";
import { current, name, ours, stage } from "./tables";

/**
 * A record that a row names which stays, valid or rejected, is not archived: the change is listed, off, with how many name it
 * (R3). Entities in reverse, so that what stays for this reason keeps what it names in turn.
 */
export async function leaveOutNamed(tx: Transaction, open: OpenSet, entities: readonly EntityLoads[]): Promise<void> {
  const staged = new Set(entities.filter((entity) => !entity.isDirect).map((entity) => entity.entity));
  for (const target of [...ENTITIES].reverse()) {
    let isFirst = true;
    let left: number;
    do {
      if (!(await listGoing(tx, open, target))) break;
      left = 0;
      for (const { entity, column } of namersOf(target)) {
        // Only those of its own kind can have grown since.
        if (isFirst || entity === target) left += await keep(tx, open, { target, entity, column, isStaged: staged.has(entity) });
      }
      isFirst = false;
    } while (left > 0 && namersOf(target).some(({ entity }) => entity === target));
  }
}

/** The columns by which rows of any file name a record of this kind. Derived relationships say what agents say already. */
function namersOf(target: Entity): readonly { entity: Entity; column: Column }[] {
  return ENTITIES.filter((entity) => entity !== "relationships").flatMap((entity) =>
    (COLUMNS[entity] as readonly Column[]).filter((column) => column.refers === target).map((column) => ({ entity, column })),
  );
}

/** Lists the archives of one entity that are on. False when there is none. */
async function listGoing(tx: Transaction, open: OpenSet, target: Entity): Promise<boolean> {
  await tx.execute(sql`drop table if exists going`);
  await tx.execute(sql`
    create temporary table going on commit drop as
    select p.source_key from ${versionsOf(target)} p
    where ${ours(open, "p")} and p.from_seq = ${open.seq} and p.action = 'archive' and not ${isOff(open, target, "p")}`);
  await tx.execute(sql`analyze going`);
  return (await tx.execute(sql`select 1 from going limit 1`)).length > 0;
}

async function keep(
  tx: Transaction,
  open: OpenSet,
  of: { target: Entity; entity: Entity; column: Column; isStaged: boolean },
): Promise<number> {
  const cell = name(`r.${of.column.name}`);
  const named =
    of.column.type === "list"
      ? sql`cross join lateral unnest(string_to_array(${cell}, ',')) k`
      : sql`cross join lateral (select ${cell}) n(k)`;
  const naming = (rows: SQL) =>
    sql`select g.source_key, r.source_key as by_key from ${rows} ${named} join going g on g.source_key = k where ${cell} is not null`;
  // In a run over all feeds a key is several records.
  const ofSameFeed = name(open.allFeeds ? " and p.feed_id = v.feed_id" : "");
  const sides = [
    naming(sql`(select * from ${versionsOf(of.entity)} p where ${ours(open, "p")} and p.from_seq = ${open.seq}
      and (p.action <> 'archive' or ${isOff(open, of.entity, "p")})) r`),
    naming(sql`(select * from ${current(open, of.entity, "v")} where v.status <> 'archived'
      and not exists (select from ${versionsOf(of.entity)} p where ${ours(open, "p")} and p.from_seq = ${open.seq} and p.source_key = v.source_key${ofSameFeed})) r`),
  ];
  if (of.isStaged) sides.push(naming(sql`(select * from ${stage(open, of.entity)} where verdict is not null) r`));
  await tx.execute(sql`drop table if exists named`);
  await tx.execute(sql`
    create temporary table named on commit drop as
    select source_key, count(distinct by_key)::int as n from (${sql.join(sides, sql` union all `)}) by_side group by source_key`);
  const [found] = await read(tx, z.object({ n: z.number() }), sql`select count(*)::int as n from named`);
  if (found === undefined || found.n === 0) return 0;
  return leaveOut(tx, open, {
    entity: of.target,
    rows: sql`v.action = 'archive' and v.source_key in (select source_key from named)`,
    cause: "named",
    version: 0,
    detail: sql`(select jsonb_build_object('entity', ${of.entity}::text, 'count', n.n) from named n where n.source_key = v.source_key)`,
  });
}

/** Whether a change is off, as a condition over the pending version under this alias. */
const isOff = (open: OpenSet, entity: Entity, alias: string): SQL => sql`exists (
  select from left_out o where o.institution_id = ${open.institutionId} and o.run_id = ${open.runId} and o.entity = ${entity}
    and o.source_key = ${name(alias)}.source_key and o.on_at is null)`;
