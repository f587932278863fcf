import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { sourcedIdOf } from "@/db/roster";
import { currentAt } from "./current";
import { isConcluded } from "./dates";
import { type AsOf, labelsOf, nameIn } from "./labels";
import type { ListRequest, Page } from "./list-request";

/** A class as lists show it. */
export interface ClassLine {
  readonly sourcedId: string;
  readonly sourceKey: string;
  readonly name: string;
  readonly code: string | null;
  readonly course: string | null;
  readonly school: string | null;
  readonly terms: readonly string[];
  readonly teachers: readonly string[];
  readonly students: number;
  readonly status: string;
  readonly concluded: boolean;
}

const Row = z.object({
  key: z.string(),
  sourcedId: z.string(),
  title: z.string(),
  code: z.string().nullable(),
  course_key: z.string().nullable(),
  school_key: z.string().nullable(),
  term_keys: z.string().nullable(),
  end_date: z.string().nullable(),
  status: z.string(),
});
type Row = z.infer<typeof Row>;

/** The column of the index of titles, word for word; a missing title sorts first. */
const byTitle = sql`case when v.title is null then '' else v.title end`;

/** Classes by title and key. */
export async function listClasses(tx: Transaction, request: ListRequest): Promise<Page<ClassLine>> {
  if (request.asOf.seq === 0) return { rows: [], next: null };
  const rows = await read(tx, Row, classQuery(request));
  const page = rows.slice(0, request.limit);
  const last = page.at(-1);
  return {
    rows: await lines(tx, request, page),
    next: rows.length > request.limit && last !== undefined ? [last.title, last.key] : null,
  };
}

/** The walk along the index of titles. */
function classQuery(request: ListRequest): SQL {
  const parts: SQL[] = [sql`true`];
  if (!request.archived) parts.push(sql`v.status <> 'archived'`);
  if (request.school !== null) parts.push(sql`v.school_key = ${request.school}`);
  if (request.text !== null) {
    const begins = `${request.text.toLowerCase().replace(/[%_\\]/g, "\\$&")}%`;
    parts.push(sql`(lower(v.title) like ${begins} or lower(v.code) like ${begins} or lower(v.source_key) like ${begins})`);
  }
  if (request.after !== null) {
    const [title = "", key = ""] = request.after;
    parts.push(sql`(${byTitle}, v.source_key) > (${title}, ${key})`);
  }
  return sql`
    select v.source_key as key, ${sourcedIdOf("v")} as "sourcedId", coalesce(v.title, '') as title, v.code, v.course_key, v.school_key,
      v.term_keys, v.end_date, v.status
    from ${currentAt(request.asOf, "classes")} v
    where ${sql.join(parts, sql` and `)}
    order by ${byTitle}, v.source_key
    limit ${request.limit + 1}`;
}

async function lines(tx: Transaction, request: ListRequest, rows: readonly Row[]): Promise<ClassLine[]> {
  const people = await peopleOf(
    tx,
    request.asOf,
    rows.map((row) => row.key),
  );
  const terms = new Set(rows.flatMap((row) => row.term_keys?.split(",") ?? []));
  const labels = await labelsOf(
    tx,
    request.asOf,
    new Map([
      ["courses", new Set(rows.flatMap((row) => row.course_key ?? []))],
      ["orgs", new Set(rows.flatMap((row) => row.school_key ?? []))],
      ["academicSessions", terms],
      ["users", new Set([...people.values()].flatMap((one) => one.teachers))],
    ]),
  );
  const ends = await termEnds(tx, request.asOf, [...terms]);
  return rows.map((row) => {
    const termKeys = row.term_keys?.split(",") ?? [];
    const { teachers, students } = people.get(row.key) ?? { teachers: [], students: 0 };
    return {
      sourcedId: row.sourcedId,
      sourceKey: row.key,
      name: row.title === "" ? row.key : row.title,
      code: row.code,
      course: row.course_key === null ? null : nameIn(labels, "courses", row.course_key),
      school: row.school_key === null ? null : nameIn(labels, "orgs", row.school_key),
      terms: termKeys.map((key) => nameIn(labels, "academicSessions", key)),
      teachers: teachers.map((key) => nameIn(labels, "users", key)),
      students,
      status: row.status,
      concluded: isConcluded(
        row.end_date,
        termKeys.map((key) => ends.get(key) ?? null),
        request.today,
      ),
    };
  });
}

const Enrolled = z.object({ class_key: z.string(), students: SqlCount, teachers: z.array(z.string()).nullable() });

/** Who is enrolled in a page's classes: teachers by key, students counted. */
async function peopleOf(
  tx: Transaction,
  asOf: AsOf,
  keys: readonly string[],
): Promise<Map<string, { teachers: string[]; students: number }>> {
  if (keys.length === 0) return new Map();
  const rows = await read(
    tx,
    Enrolled,
    sql`
      select v.class_key, count(*) filter (where v.role = 'student') as students,
        array_agg(v.user_key order by v.is_primary desc nulls last, v.user_key) filter (where v.role = 'teacher') as teachers
      from ${currentAt(asOf, "enrollments")} v
      where v.class_key in ${[...keys]} and v.status <> 'archived'
      group by 1`,
  );
  return new Map(rows.map((row) => [row.class_key, { teachers: row.teachers ?? [], students: row.students }]));
}

/** The last days of terms, by key. */
export async function termEnds(tx: Transaction, asOf: AsOf, keys: readonly string[]): Promise<Map<string, string | null>> {
  if (keys.length === 0) return new Map();
  const rows = await read(
    tx,
    z.object({ source_key: z.string(), end_date: z.string().nullable() }),
    sql`select v.source_key, v.end_date from ${currentAt(asOf, "academicSessions")} v where v.source_key in ${[...keys]}`,
  );
  return new Map(rows.map((row) => [row.source_key, row.end_date]));
}
