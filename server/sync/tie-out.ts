import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import type { Action, Counts } from "@/server/roster/change";
import { noCounts } from "@/server/roster/change";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import type { OpenSet } from "./context";
import { activeBefore, type Group, landedGroups, notKnown, replacedGroups, stagedOutcomes, todayOf } from "./groups";
import type { EntityLoads, Load } from "./loads";
import { rejectedBySchool } from "./place-issues";
import { current, pending } from "./tables";

/** `absent`: the part of `archive` that no row of a file asked for; it was not read. */
interface Tied extends Counts {
  absent: number;
}

/** What the report says in numbers, and what the guard and the commit need of it. */
export interface TieOut {
  readonly json: Readonly<Record<string, unknown>>;
  readonly active: Readonly<Record<Entity, readonly Group[]>>;
  /** By how much the plan, with everything on, moves the active rows of each part. */
  readonly moved: Readonly<Record<Entity, Readonly<Record<string, number>>>>;
}

const tied = (): Tied => ({ ...noCounts(), absent: 0 });

/**
 * Says of every row that was read where it went, per entity, part, file and school (R3, SCREENS B5.1), and stores it:
 * `read = add + edit + (archive − absent) + reactivate + rekey + unchanged + rejected + refused + ignored`.
 */
export async function tieOut(tx: Transaction, open: OpenSet, entities: readonly EntityLoads[]): Promise<TieOut> {
  const today = await todayOf(tx, open);
  const json: Record<string, unknown> = {};
  const active: Partial<Record<Entity, readonly Group[]>> = {};
  const moved: Partial<Record<Entity, Record<string, number>>> = {};
  const people = { students: tied(), teachers: tied(), others: tied() };
  const peopleBefore: Record<string, number> = { students: 0, teachers: 0, others: 0 };
  for (const entity of ENTITIES) {
    const loads = entities.find((each) => each.entity === entity);
    const before = await activeBefore(tx, open, { entity, today, isQuick: loads?.isQuick === true });
    active[entity] = before;
    const tally = newTally();
    const landed = await landedGroups(tx, open, { entity, today });
    const shift: Record<string, number> = {};
    for (const group of landed) {
      if (group.is_active) shift[group.part] = (shift[group.part] ?? 0) + group.n;
      const isRead = group.is_listed && loads !== undefined;
      if (isRead && !loads.isDirect) continue;
      if (isRead) tally.add(group, "add", { read: true, position: 1 });
      else tally.add(group, group.action as Action, { read: false, position: 0 });
    }
    if (landed.length > 0) {
      for (const group of await replacedGroups(tx, open, { entity, today })) shift[group.part] = (shift[group.part] ?? 0) - group.n;
    }
    moved[entity] = shift;
    if (loads !== undefined) await tallyLoads(tx, open, { loads, today, before, tally });
    json[entity] = { ...tally.total, before: before.reduce((sum, group) => sum + group.n, 0) };
    if (entity === "users") {
      for (const part of ["students", "teachers", "others"] as const) {
        Object.assign(people[part], tally.parts.get(part) ?? tied());
        peopleBefore[part] = before.filter((group) => group.part === part).reduce((sum, group) => sum + group.n, 0);
      }
    }
    await keepSchools(tx, open, { entity, schools: tally.schools });
    if (loads !== undefined) await keepFiles(tx, open, { loads, files: tally.files });
  }
  await keepMerged(tx, open);
  const all = (entity: Entity, part: string) =>
    (active[entity] ?? []).filter((group) => group.part === part).reduce((sum, group) => sum + group.n, 0) + (moved[entity]?.[part] ?? 0);
  json.people = Object.fromEntries(Object.entries(people).map(([part, counts]) => [part, { ...counts, before: peopleBefore[part] }]));
  json.dated = Object.fromEntries(["active", "futureDated", "ended"].map((part) => [part, all("enrollments", part)]));
  if (derivesRelationships(entities)) json.said = { relationships: all("relationships", "all") };
  json.moved = moved;
  // Every entity was visited above.
  return { json, active: active as TieOut["active"], moved: moved as TieOut["moved"] };
}

/** Whether relationships follow from what users say of their agents: no file has them, yet they are said. */
const derivesRelationships = (entities: readonly EntityLoads[]): boolean =>
  entities.some(({ entity, columns }) => entity === "users" && columns.has("agent_keys")) &&
  !entities.some(({ entity }) => entity === "relationships");

type Outcome = Action | "unchanged" | "rejected" | "ignored";

interface Tally {
  readonly total: Tied;
  readonly parts: Map<string, Tied>;
  readonly schools: Map<string, Tied>;
  readonly files: Map<number, Tied>;
  add(group: Group, outcome: Outcome, of: { read: boolean; position: number }): void;
}

function newTally(): Tally {
  const total = tied();
  const parts = new Map<string, Tied>();
  const schools = new Map<string, Tied>();
  const files = new Map<number, Tied>();
  const at = <Key>(map: Map<Key, Tied>, key: Key): Tied => {
    const known = map.get(key) ?? tied();
    map.set(key, known);
    return known;
  };
  return {
    total,
    parts,
    schools,
    files,
    add(group, outcome, of) {
      if (group.n === 0) return;
      for (const counts of [
        total,
        at(parts, group.part),
        at(schools, group.school),
        ...(of.position > 0 ? [at(files, of.position)] : []),
      ]) {
        counts[outcome] += group.n;
        if (of.read) counts.read += group.n;
        else if (outcome === "archive") counts.absent += group.n;
      }
    },
  };
}

/** Rows that no version holds: rejected, ignored, unchanged; and staged rows by what they became. */
async function tallyLoads(
  tx: Transaction,
  open: OpenSet,
  of: { loads: EntityLoads; today: string; before: readonly Group[]; tally: Tally },
): Promise<void> {
  const { loads, today, tally } = of;
  const nowhere = (n: number): Group => ({ school: "", part: "others", n });
  if (loads.isDirect) {
    const [file] = loads.files;
    const landed = tally.files.get(1)?.add ?? 0;
    const [doubled] = await read(
      tx,
      z.object({ n: z.coerce.number() }),
      sql`select coalesce(sum(total), 0)::int as n from run_issue_totals
          where institution_id = ${open.institutionId} and run_id = ${open.runId} and entity = ${loads.entity}
            and code in ('REF_MISSING', 'REF_WRONG_TYPE') and severity = 'error'`,
    );
    // What the reader itself found is among `rejected`, or, where a file beside this one names nobody, no row of it at all.
    const told = file.issue_totals.filter(
      (one) => one.severity === "error" && (one.code === "REF_MISSING" || one.code === "REF_WRONG_TYPE"),
    );
    const rejected = file.rejected + (doubled?.n ?? 0) - told.reduce((sum, one) => sum + one.total, 0);
    let placed = 0;
    for (const { school, n } of await rejectedBySchool(tx, open, loads.entity)) {
      placed += n;
      tally.add({ school, part: "others", n }, "rejected", { read: true, position: 1 });
    }
    tally.add(nowhere(rejected - placed), "rejected", { read: true, position: 1 });
    tally.add(nowhere(file.read - rejected - landed), "ignored", { read: true, position: 1 });
    return;
  }
  for (const group of await stagedOutcomes(tx, open, { loads, today })) {
    tally.add(group, group.outcome as Outcome, { read: true, position: group.position });
  }
  for (const file of loads.files) {
    tally.add(nowhere(file.nameless), "rejected", { read: true, position: file.position });
    if (file.landing === "quick") await tallyKnown(tx, open, { ...of, file });
  }
}

async function tallyKnown(
  tx: Transaction,
  open: OpenSet,
  of: { loads: EntityLoads; today: string; before: readonly Group[]; tally: Tally; file: Load },
): Promise<void> {
  const { file, tally } = of;
  const place = { read: true, position: file.position };
  const away = new Map<string, number>();
  const key = (group: Group) => `${group.part} ${group.school}`;
  for (const group of await notKnown(tx, open, { entity: of.loads.entity, today: of.today })) away.set(key(group), group.n);
  let known = 0;
  for (const group of of.before) {
    const n = group.n - (away.get(key(group)) ?? 0);
    known += n;
    tally.add({ ...group, n }, "unchanged", place);
  }
  tally.add({ school: "", part: "others", n: file.repeated }, "ignored", place);
  // A known line whose twin was staged: both are in error.
  tally.add({ school: "", part: "others", n: file.known - file.repeated - known }, "rejected", place);
}

async function keepSchools(tx: Transaction, open: OpenSet, of: { entity: Entity; schools: ReadonlyMap<string, Tied> }): Promise<void> {
  if (of.schools.size === 0) return;
  const rows = [...of.schools].map(([key, counts]) => ({ key, counts }));
  await tx.execute(sql`
    insert into run_schools (institution_id, run_id, school_key, school_name, entity, counts)
    select ${open.institutionId}::int, ${open.runId}::uuid, r.key,
      coalesce((select p.name from ${pending(open, "orgs", "p")} where p.source_key = r.key limit 1),
        (select v.name from ${current(open, "orgs", "v")} where v.source_key = r.key limit 1)),
      ${of.entity}::text, r.counts
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) r(key text, counts jsonb)
    on conflict (institution_id, run_id, school_key, entity) do update set counts = excluded.counts, school_name = excluded.school_name`);
}

async function keepFiles(tx: Transaction, open: OpenSet, of: { loads: EntityLoads; files: ReadonlyMap<number, Tied> }): Promise<void> {
  for (const file of of.loads.files) {
    await tx.execute(sql`
      insert into run_files (institution_id, run_id, position, name, entity, mode, bytes, counts)
      values (${open.institutionId}, ${open.runId}, ${file.position}, ${file.file}, ${file.entity}, ${file.mode}, 0,
        ${JSON.stringify(of.files.get(file.position) ?? tied())}::jsonb)
      on conflict (institution_id, run_id, position, name) do update set counts = excluded.counts`);
  }
}

/** Files whose rows were read into those of another: all were read, and those that name nobody went nowhere. */
async function keepMerged(tx: Transaction, open: OpenSet): Promise<void> {
  await tx.execute(sql`
    update run_files f set counts = (
      select jsonb_build_object('read', coalesce(f.rows, 0), 'rejected', count(*) filter (where i.severity = 'error'),
        'ignored', count(*) filter (where i.severity = 'warning'))
      from issues i
      where i.institution_id = f.institution_id and i.run_id = f.run_id and i.position = f.position and i.file = f.name
        and i.row_line is null and i.line is not null and i.code in ('REF_MISSING', 'REF_UNVERIFIED'))
    where f.institution_id = ${open.institutionId} and f.run_id = ${open.runId} and f.merged_into is not null`);
}
