import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import type { OpenSet } from "./context";
import { countedSchool, partOf, replacedGroups, todayOf } from "./groups";
import { pending } from "./tables";

const TiedJson = z.record(z.string(), z.number());
const RunCounts = z
  .object({
    moved: z.record(z.string(), z.record(z.string(), z.number())).default({}),
    dated: TiedJson.default({}),
    people: z.record(z.string(), TiedJson).default({}),
  })
  .catchall(TiedJson);

/** The numbers of a run once it is known what was left out, and those of its environment after it. */
export interface SettledCounts {
  readonly run: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, number>>;
  /** Entities of which something is left out; entities of which something current is replaced. */
  readonly leftOut: readonly Entity[];
  readonly replacing: readonly Entity[];
}

/**
 * Moves what is left out from its action to `refused`, in the run's, its files' and its schools' numbers. Call it while the
 * plan's rows are all there. Costs what is left out, never a count of the roster.
 */
export async function settleCounts(tx: Transaction, open: OpenSet): Promise<SettledCounts> {
  const [row] = await read(
    tx,
    z.object({ counts: RunCounts, environment: TiedJson }),
    sql`select r.counts, e.counts as environment from runs r join environments e on e.id = r.environment_id where r.id = ${open.runId}`,
  );
  const counts = row?.counts ?? { moved: {}, dated: {}, people: {} };
  const out = await read(
    tx,
    z.object({ entity: z.enum(ENTITIES) }),
    sql`select distinct entity from left_out where institution_id = ${open.institutionId} and run_id = ${open.runId} and on_at is null`,
  );
  const leftOut = out.map(({ entity }) => entity);
  const replacing = ENTITIES.filter((entity) =>
    ["edit", "archive", "reactivate", "rekey"].some(
      (action) => ((counts[entity] as Record<string, number> | undefined)?.[action] ?? 0) > 0,
    ),
  );
  const today = await todayOf(tx, open);
  for (const entity of leftOut) await settleEntity(tx, open, { entity, today, counts });
  return { run: counts, environment: moveEnvironment(row?.environment ?? {}, counts.moved), leftOut, replacing };
}

const OffGroup = z.object({ action: z.string(), is_listed: z.boolean(), part: z.string(), school: z.string(), n: SqlCount });

async function settleEntity(
  tx: Transaction,
  open: OpenSet,
  of: { entity: Entity; today: string; counts: z.infer<typeof RunCounts> },
): Promise<void> {
  const { entity, today, counts } = of;
  const isOff = sql`p.source_key = any(array(select o.source_key from left_out o
    where o.institution_id = ${open.institutionId} and o.run_id = ${open.runId} and o.entity = ${entity} and o.on_at is null))`;
  const groups = await read(
    tx,
    OffGroup,
    sql`select p.action, p.line > 0 as is_listed, ${partOf(entity, "p", today)} as part, ${countedSchool(entity, "p")} as school, count(*) as n
        from ${pending(open, entity, "p")} where ${isOff} group by 1, 2, 3, 4`,
  );
  const moved = counts.moved[entity] ?? {};
  counts.moved[entity] = moved;
  const total = counts[entity] as Record<string, number> | undefined;
  for (const group of groups) {
    if (total !== undefined) shift(total, group);
    const person = entity === "users" ? counts.people[group.part] : undefined;
    if (person !== undefined) shift(person, group);
    if (group.action !== "archive") moved[group.part] = (moved[group.part] ?? 0) - group.n;
    await settleSchool(tx, open, { entity, group });
  }
  for (const group of await replacedGroups(tx, open, { entity, today, where: isOff }))
    moved[group.part] = (moved[group.part] ?? 0) + group.n;
  await settleFile(tx, open, { entity, groups });
}

/** What was left out did not happen, so it was refused. Only archives can come of no row: these nobody asked for. */
function shift(counts: Record<string, number>, group: z.infer<typeof OffGroup>): void {
  counts[group.action] = (counts[group.action] ?? 0) - group.n;
  if (group.action === "archive" && !group.is_listed) counts.absent = (counts.absent ?? 0) - group.n;
  else counts.refused = (counts.refused ?? 0) + group.n;
}

async function settleSchool(tx: Transaction, open: OpenSet, of: { entity: Entity; group: z.infer<typeof OffGroup> }): Promise<void> {
  const [row] = await read(
    tx,
    z.object({ counts: TiedJson }),
    sql`select counts from run_schools where institution_id = ${open.institutionId} and run_id = ${open.runId}
        and entity = ${of.entity} and school_key = ${of.group.school}`,
  );
  if (row === undefined) return;
  shift(row.counts, of.group);
  await tx.execute(sql`update run_schools set counts = ${JSON.stringify(row.counts)}::jsonb
    where institution_id = ${open.institutionId} and run_id = ${open.runId} and entity = ${of.entity} and school_key = ${of.group.school}`);
}

/** With several deliveries the newest one's numbers carry what was refused. */
async function settleFile(
  tx: Transaction,
  open: OpenSet,
  of: { entity: Entity; groups: readonly z.infer<typeof OffGroup>[] },
): Promise<void> {
  const [row] = await read(
    tx,
    z.object({ position: z.number(), name: z.string(), counts: TiedJson }),
    sql`select f.position, f.name, f.counts from run_files f
        join loads l on l.institution_id = f.institution_id and l.run_id = f.run_id and l.position = f.position and l.file = f.name
        where f.institution_id = ${open.institutionId} and f.run_id = ${open.runId} and l.entity = ${of.entity} order by f.position desc limit 1`,
  );
  if (row === undefined) return;
  for (const group of of.groups) if (group.is_listed) shift(row.counts, group);
  await tx.execute(sql`update run_files set counts = ${JSON.stringify(row.counts)}::jsonb
    where institution_id = ${open.institutionId} and run_id = ${open.runId} and position = ${row.position} and name = ${row.name}`);
}

function moveEnvironment(before: Record<string, number>, moved: Record<string, Record<string, number>>): Record<string, number> {
  const after = { ...before };
  const move = (name: string, n: number) => {
    after[name] = (after[name] ?? 0) + n;
  };
  for (const entity of ENTITIES) {
    const parts = moved[entity] ?? {};
    move(
      entity,
      Object.values(parts).reduce((sum, n) => sum + n, 0),
    );
    for (const part of ["schools", "students", "teachers"]) if (parts[part] !== undefined) move(part, parts[part]);
  }
  return after;
}
