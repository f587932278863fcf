import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { fingerprintsOf, versionsOf } from "@/db/roster";
import { COLUMNS, type Column, type Entity } from "@/server/roster/entities";
import type { IssueCode } from "@/server/roster/issue-codes";
import type { OpenSet } from "./context";
import { countedSchool } from "./groups";
import { keepFound } from "./issues";
import type { EntityLoads } from "./loads";
import { current, name, ours, pending, stage } from "./tables";

/** Where the rows of this run stand: staged, or landed in their final place already. */
export interface RosterSides {
  readonly staged: Set<Entity>;
  readonly direct: Set<Entity>;
}

interface Checking {
  readonly entity: EntityLoads;
  readonly sides: RosterSides;
  /** A glance found every single reference to another entity in order. */
  readonly isSound: boolean;
}

const isCleared = (of: Checking, column: Column): boolean =>
  of.isSound &&
  column.type !== "list" &&
  column.refers !== of.entity.entity &&
  column.refers !== undefined &&
  of.sides.direct.has(column.refers);

/**
 * Rejects rows that name what is neither in the delivery nor current (E 47). A record that is current always resolves, also
 * when its file lacks it: then it is the archive that does not happen. A missing agent costs only the mention, not the person.
 */
export async function findMissing(tx: Transaction, open: OpenSet, of: Checking): Promise<void> {
  for (const column of COLUMNS[of.entity.entity] as readonly Column[]) {
    if (column.refers === undefined || !of.entity.columns.has(column.name) || isCleared(of, column)) continue;
    const missing = sql`select k from (${namedKeys(open, of, column)}) named where ${notThere(open, column.refers, of.sides)}`;
    if (column.name === "agent_keys") {
      await dropMentions(tx, open, { ...of, column, missing });
      continue;
    }
    // Records that name their own kind: what was just rejected may be missed by others.
    let found: number;
    do {
      found = await reject(tx, open, {
        ...of,
        column,
        keys: missing,
        code: "REF_MISSING",
        // A record may well stand in a file: of a row in error nothing is there to be named.
        detail: (named) => sql`'Neither the roster nor a valid row of the files has ' || ${named} || '; the row was left out.'`,
      });
    } while (found > 0 && column.refers === of.entity.entity);
  }
}

/**
 * A file that lacks columns which every record needs (changes of roles alone) can only tell of records that are there: rows of
 * others are left out.
 */
export async function findUnknown(tx: Transaction, open: OpenSet, of: EntityLoads): Promise<void> {
  const lacking = (COLUMNS[of.entity] as readonly Column[]).filter((column) => column.required && !of.columns.has(column.name));
  if (lacking.length === 0) return;
  await keepFound(tx, open, {
    severity: "error",
    code: "REF_MISSING",
    entity: of.entity,
    rows: sql`
      update ${stage(open, of.entity)} s set verdict = 'rejected'
      where s.verdict is null and s.status <> 'tobedeleted'
        and not exists (select from ${current(open, of.entity, "v")} where v.source_key = s.source_key)
      returning s.source_key, s.position, ${of.files[0].file}::text as file, s.line, null::text as column_name, s.source_key as seen,
        ${`There is no such record, and this file does not say enough to make one (${lacking.map((column) => of.heading(column.name)).join(", ")}).`}::text as detail`,
  });
}

/**
 * One pass over rows that landed directly: whether any reference to another entity is missing or of the wrong type, and how
 * many enrollments are of another school than their class. What it clears need not be looked at column by column.
 */
export async function glance(tx: Transaction, open: OpenSet, of: Checking): Promise<{ isSound: boolean; otherSchools: number }> {
  const columns = (COLUMNS[of.entity.entity] as readonly Column[]).filter(
    (column) =>
      column.refers !== undefined && column.refers !== of.entity.entity && column.type !== "list" && of.sides.direct.has(column.refers),
  );
  if (columns.length === 0) return { isSound: false, otherSchools: 0 };
  const joins = columns.map(
    (column, index) =>
      sql`left join ${pending(open, column.refers ?? "orgs", `t${index}`)} on ${name(`t${index}`)}.source_key = ${name(`s.${column.name}`)}`,
  );
  const bad = columns.map((column, index) => {
    const missing = `s.${column.name} is not null and t${index}.source_key is null`;
    return column.mustBe === undefined ? sql.raw(missing) : sql`${sql.raw(missing)} or ${name(`t${index}`)}.type <> ${column.mustBe}::text`;
  });
  const classAt = columns.findIndex((column) => column.refers === "classes");
  const differ = of.entity.entity === "enrollments" && classAt !== -1 ? sql.raw(`s.school_key <> t${classAt}.school_key`) : sql`false`;
  const [seen] = await tx.execute<{ bad: number; differ: number }>(sql`
    select count(*) filter (where ${sql.join(bad, sql` or `)})::int as bad, count(*) filter (where ${differ})::int as differ
    from ${pending(open, of.entity.entity, "s")} ${sql.join(joins, sql` `)}`);
  return { isSound: seen?.bad === 0, otherSchools: seen?.differ ?? 0 };
}

/** Rejects rows that name a record of another type than the column needs (E 50). */
export async function findWrongType(tx: Transaction, open: OpenSet, of: Checking): Promise<void> {
  for (const column of COLUMNS[of.entity.entity] as readonly Column[]) {
    const { refers, mustBe } = column;
    if (refers === undefined || mustBe === undefined || !of.entity.columns.has(column.name) || isCleared(of, column)) continue;
    const sides = typeSides(open, refers, of.sides);
    const types = sql`coalesce(${sql.join(
      sides.map((side) => sql`(select t.type from ${side} t where t.source_key = named.k)`),
      sql`, `,
    )})`;
    const keys = sql`select k from (${namedKeys(open, of, column)}) named where ${types} is distinct from ${mustBe}`;
    const detail = (named: SQL) => sql`${named} || ${` is not of type ${mustBe}; the row was left out.`}::text`;
    await reject(tx, open, { ...of, column, keys, code: "REF_WRONG_TYPE", detail });
  }
}

/** The rows that are checked, with their place. */
function rowsOf(open: OpenSet, of: Checking): SQL {
  return of.entity.isDirect
    ? sql`${pending(open, of.entity.entity, "s")}`
    : sql`(select * from ${stage(open, of.entity.entity)} where verdict is null and status <> 'tobedeleted') s`;
}

/** The distinct keys that a column holds: far fewer than rows, so each is looked up once. */
function namedKeys(open: OpenSet, of: Checking, column: Column): SQL {
  const cell = name(`s.${column.name}`);
  return column.type === "list"
    ? sql`select distinct k from (select distinct ${cell} as cell from ${rowsOf(open, of)}) lists, unnest(string_to_array(lists.cell, ',')) k`
    : sql`select distinct ${cell} as k from ${rowsOf(open, of)} where ${cell} is not null`;
}

const stagedRows = (open: OpenSet, entity: Entity): SQL =>
  sql`(select * from ${stage(open, entity)} where verdict is null and status <> 'tobedeleted')`;

/** None of the sides has a record with key `named.k`. */
function notThere(open: OpenSet, refers: Entity, sides: RosterSides): SQL {
  const tests: SQL[] = [];
  if (sides.staged.has(refers)) tests.push(sql`not exists (select from ${stagedRows(open, refers)} t where t.source_key = named.k)`);
  if (sides.direct.has(refers)) tests.push(sql`not exists (select from ${pending(open, refers, "t")} where t.source_key = named.k)`);
  if (open.baseSeq > 0) {
    tests.push(sql`not exists (select from ${versionsOf(refers)} t where ${ours(open, "t")} and t.from_seq <= ${open.baseSeq} and t.to_seq is null
      and t.status <> 'archived' and t.source_key = named.k)`);
  }
  return tests.length === 0 ? sql`true` : sql.join(tests, sql` and `);
}

/** Where a record's type is to be had, what the delivery says first. */
function typeSides(open: OpenSet, refers: Entity, sides: RosterSides): readonly SQL[] {
  const found: SQL[] = [];
  if (sides.staged.has(refers)) found.push(stagedRows(open, refers));
  if (sides.direct.has(refers)) found.push(sql`(select * from ${pending(open, refers, "landed_rows")})`);
  found.push(sql`(select * from ${current(open, refers, "current_rows")})`);
  return found;
}

interface Rejecting extends Checking {
  readonly column: Column;
  /** Selects the keys `k` that may not be named. */
  readonly keys: SQL;
  readonly code: IssueCode;
  /** What is said of a row; `named`: those of the keys that it names. */
  readonly detail: (named: SQL) => SQL;
}

/** Rejects the rows that name one of the keys, and says so. */
async function reject(tx: Transaction, open: OpenSet, of: Rejecting): Promise<number> {
  const { entity, column } = of;
  const cell = name(`s.${column.name}`);
  const names =
    column.type === "list"
      ? sql`exists (select from bad) and string_to_array(${cell}, ',') && (select array_agg(k) from bad)`
      : sql`${cell} in (select k from bad)`;
  const named =
    column.type === "list"
      ? sql`(select string_agg(a.k, ', ' order by a.place) from unnest(string_to_array(${cell}, ',')) with ordinality a(k, place)
          where a.k in (select k from bad))`
      : cell;
  const told = (position: SQL) => sql`s.source_key, ${position} as position, ${placeOf(entity)},
    ${entity.heading(column.name)}::text as column_name, ${named} as seen, ${of.detail(named)} as detail${
      entity.isDirect ? sql`, ${countedSchool(entity.entity, "s")} as school_key` : sql``
    }`;
  const bad = sql`bad as materialized (${of.keys})`;
  const found = entity.isDirect
    ? {
        first: sql`${bad},
          rejected as (
            delete from ${versionsOf(entity.entity)} s where ${ours(open, "s")} and s.from_seq = ${open.seq} and ${names} returning ${told(sql`1`)}),
          ${unmarked(open, entity.entity, "rejected")}`,
        rows: sql`select * from rejected`,
        school: sql`school_key`,
      }
    : {
        first: bad,
        rows: sql`update ${stage(open, entity.entity)} s set verdict = 'rejected'
          where s.verdict is null and s.status <> 'tobedeleted' and ${names} returning ${told(sql`s.position`)}`,
      };
  return keepFound(tx, open, { severity: "error", code: of.code, entity: entity.entity, ...found });
}

/** Where a row stands: a partial one in a file of its own. */
const placeOf = (entity: EntityLoads): SQL =>
  entity.isDirect
    ? sql`${entity.files[0].file}::text as file, s.line`
    : sql`coalesce(s.partial, ${entity.files[0].file}::text) as file, abs(s.line) as line`;

/** Takes the fingerprints of the lines that an expression found. */
const unmarked = (open: OpenSet, entity: Entity, found: string): SQL =>
  sql`unmarked as (
    delete from ${fingerprintsOf(entity)} f using ${name(found)} r where ${ours(open, "f")} and f.seq = ${open.seq} and f.line = r.line)`;

/** Drops the mention of people who are not there. The row is not current exactly as delivered then, so it leaves no fingerprint. */
async function dropMentions(tx: Transaction, open: OpenSet, of: Checking & { column: Column; missing: SQL }): Promise<void> {
  const { entity } = of;
  const kept = sql`(select nullif(string_agg(k, ',' order by place), '') from unnest(string_to_array(s.agent_keys, ',')) with ordinality a(k, place)
    where k not in (select k from bad))`;
  const told = (position: SQL) => sql`s.source_key, ${position} as position, ${placeOf(entity)},
    ${entity.heading("agent_keys")}::text as column_name, null::text as seen, 'Names people who are in none of the files and not in the roster; the mention was dropped.'::text as detail`;
  const names = sql`exists (select from bad) and string_to_array(s.agent_keys, ',') && (select array_agg(k) from bad)`;
  const bad = sql`bad as materialized (${of.missing})`;
  const found = entity.isDirect
    ? {
        first: sql`${bad},
          dropped as (
            update ${versionsOf(entity.entity)} s set agent_keys = ${kept} where ${ours(open, "s")} and s.from_seq = ${open.seq} and ${names}
            returning ${told(sql`1`)}),
          ${unmarked(open, entity.entity, "dropped")}`,
        rows: sql`select * from dropped`,
      }
    : {
        first: bad,
        rows: sql`update ${stage(open, entity.entity)} s set agent_keys = ${kept}, exact = false
          where s.verdict is null and s.status <> 'tobedeleted' and ${names} returning ${told(sql`s.position`)}`,
      };
  await keepFound(tx, open, { severity: "warning", code: "REF_UNVERIFIED", entity: entity.entity, ...found });
}
