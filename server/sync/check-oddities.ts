import { type SQL, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { COLUMNS, type Column } from "@/server/roster/entities";
import type { RosterSides } from "./check-references";
import type { OpenSet } from "./context";
import { keepFound } from "./issues";
import type { EntityLoads } from "./loads";
import { current, pending, stage } from "./tables";

/** Warnings that cost no row: what is probably a mistake in the SIS and can be read all the same. */
export async function findOddities(
  tx: Transaction,
  open: OpenSet,
  of: { entities: readonly EntityLoads[]; sides: RosterSides },
): Promise<void> {
  for (const entity of of.entities) {
    if (entity.entity === "enrollments") await findPrimaryTwice(tx, open, entity);
    if (entity.entity === "users") await findSharedEmail(tx, open, entity);
  }
  await findNearMisses(tx, open, of);
}

/** The rows of this run that will count, with the place of each. */
function rows(open: OpenSet, of: EntityLoads): SQL {
  return of.isDirect
    ? sql`(select 1 as position, * from ${pending(open, of.entity, "landed_rows")})`
    : sql`(select * from ${stage(open, of.entity)} where verdict is null and status <> 'tobedeleted')`;
}

/** Enrollments of another school than their class. */
export async function findOtherSchool(
  tx: Transaction,
  open: OpenSet,
  { entity, sides }: { entity: EntityLoads; sides: RosterSides },
): Promise<void> {
  if (!entity.columns.has("school_key")) return;
  const classes: SQL[] = [
    sql`select source_key, school_key from ${current(open, "classes", "c")}
    ${sides.staged.has("classes") ? sql`where not exists (select from ${stage(open, "classes")} s where s.source_key = c.source_key and s.verdict is null)` : sql``}`,
  ];
  if (sides.staged.has("classes")) classes.push(sql`select source_key, school_key from ${stage(open, "classes")} where verdict is null`);
  if (sides.direct.has("classes")) classes.push(sql`select source_key, school_key from ${pending(open, "classes", "p")}`);
  await keepFound(tx, open, {
    severity: "warning",
    code: "SCHOOL_DIFFERS",
    entity: "enrollments",
    rows: sql`
      select s.source_key, s.position, ${entity.files[0].file}::text as file, s.line, ${entity.heading("school_key")}::text as column_name, s.school_key as seen,
        'The class is of school ' || c.school_key || '.' as detail
      from ${rows(open, entity)} s
      join (${sql.join(classes, sql` union all `)}) c on c.source_key = s.class_key
      where s.school_key <> c.school_key`,
  });
}

async function findPrimaryTwice(tx: Transaction, open: OpenSet, entity: EntityLoads): Promise<void> {
  if (!entity.columns.has("is_primary")) return;
  await keepFound(tx, open, {
    severity: "warning",
    code: "PRIMARY_TEACHER_TWICE",
    entity: "enrollments",
    rows: sql`
      with primaries as materialized (
        select * from ${rows(open, entity)} p where p.is_primary = 'true' and p.role = 'teacher')
      select distinct on (b.position, b.line) b.source_key, b.position, ${entity.files[0].file}::text as file, b.line,
        ${entity.heading("is_primary")}::text as column_name, b.user_key as seen, 'Line ' || a.line || ' names another primary teacher of the same class.' as detail
      from primaries a
      join primaries b on b.class_key = a.class_key and b.user_key <> a.user_key and b.line > a.line
      where coalesce(a.start_date, '') < coalesce(b.end_date, '9999') and coalesce(b.start_date, '') < coalesce(a.end_date, '9999')`,
  });
}

async function findSharedEmail(tx: Transaction, open: OpenSet, entity: EntityLoads): Promise<void> {
  if (!entity.columns.has("email")) return;
  await keepFound(tx, open, {
    severity: "warning",
    code: "EMAIL_SHARED",
    entity: "users",
    rows: sql`
      select min(s.source_key) as source_key, min(s.position) as position, ${entity.files[0].file}::text as file, min(s.line) as line,
        ${entity.heading("email")}::text as column_name, lower(s.email) as seen, count(*) || ' people have this address.' as detail
      from ${rows(open, entity)} s where s.email is not null
      group by lower(s.email) having count(*) > 1`,
  });
}

/** For references that found nothing: is there a record whose id differs by leading zeros or capital letters alone (E 39)? */
async function findNearMisses(tx: Transaction, open: OpenSet, of: { entities: readonly EntityLoads[]; sides: RosterSides }): Promise<void> {
  for (const { entity, heading } of of.entities) {
    for (const { name, refers } of COLUMNS[entity] as readonly Column[]) {
      if (refers === undefined || name === "agent_keys") continue;
      const missed = sql`issues i where i.institution_id = ${open.institutionId} and i.run_id = ${open.runId} and i.code = 'REF_MISSING'
        and i.entity = ${entity} and i.column_name = ${heading(name)}`;
      if ((await tx.execute(sql`select 1 from ${missed} limit 1`)).length === 0) continue;
      const sides: SQL[] = [sql`select source_key from ${current(open, refers, "v")}`];
      if (of.sides.staged.has(refers)) sides.push(sql`select source_key from ${stage(open, refers)}`);
      if (of.sides.direct.has(refers)) sides.push(sql`select source_key from ${pending(open, refers, "p")}`);
      await keepFound(tx, open, {
        severity: "warning",
        code: "ID_NEAR_MISS",
        entity,
        rows: sql`
          with missed as materialized (select distinct on (i.seen) i.* from ${missed} order by i.seen, i.line)
          select distinct on (m.seen) m.source_key, m.position, m.file, m.line, m.column_name, m.seen,
            'Nothing has the id ' || m.seen || ', but there is ' || t.source_key || '. They were not matched.' as detail
          from missed m
          join (${sql.join(sides, sql` union all `)}) t on lower(ltrim(t.source_key, '0')) = lower(ltrim(m.seen, '0')) and t.source_key <> m.seen`,
      });
    }
  }
}
