import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import { sourcedIdOf } from "@/db/roster";
import { currentAt } from "./current";
import { labelsOf, nameFrom, nameIn } from "./labels";
import type { ListRequest, Page } from "./list-request";

/** A person as lists show them. */
export interface PersonLine {
  readonly sourcedId: string;
  readonly sourceKey: string;
  readonly name: string;
  readonly email: string | null;
  readonly username: string | null;
  readonly identifier: string | null;
  readonly grades: string | null;
  readonly schools: readonly string[];
  readonly status: string;
  readonly roles: readonly string[];
}

const Row = z.object({
  key: z.string(),
  sourcedId: z.string(),
  given_name: z.string().nullable(),
  family_name: z.string().nullable(),
  email: z.string().nullable(),
  username: z.string().nullable(),
  identifier: z.string().nullable(),
  grades: z.string().nullable(),
  org_keys: z.string().nullable(),
  primary_role: z.string().nullable(),
  status: z.string(),
});
type Row = z.infer<typeof Row>;

const columns = sql`v.source_key as key, ${sourcedIdOf("v")} as "sourcedId", v.given_name, v.family_name, v.email, v.username, v.identifier,
  v.grades, v.org_keys, v.primary_role, v.status`;

/** Text of so many letters is searched for in any part of a person's words, shorter text at the beginning of names and keys. */
const ANY_PART_FROM = 4;

/** Teachers or students by family name, given name and key. */
export async function listPeople(tx: Transaction, part: "teachers" | "students", request: ListRequest): Promise<Page<PersonLine>> {
  // Before the first commit nothing is current; looking would only walk over a plan that waits.
  if (request.asOf.seq === 0) return { rows: [], next: null };
  const isSearch = request.text !== null && request.text.replaceAll(/\s/g, "").length >= ANY_PART_FROM;
  return isSearch ? searched(tx, part, request) : walked(tx, part, request);
}

async function walked(tx: Transaction, part: "teachers" | "students", request: ListRequest): Promise<Page<PersonLine>> {
  const rows = await read(tx, Row, walkQuery(part, request));
  const page = rows.slice(0, request.limit);
  const last = page.at(-1);
  return {
    rows: await lines(tx, request, page),
    next: rows.length > request.limit && last !== undefined ? [last.family_name ?? "", last.given_name ?? "", last.key] : null,
  };
}

/** The columns of the index of names, word for word. */
const sortedBy = sql`case when v.family_name is null then '' else v.family_name end, case when v.given_name is null then '' else v.given_name end, v.source_key`;

/** The walk along the index of names; missing names sort first, as the index has them. */
export function walkQuery(part: "teachers" | "students", request: ListRequest): SQL {
  const parts: SQL[] = [sql`v.primary_role = ${part === "students" ? "student" : "teacher"}`];
  if (!request.archived) parts.push(sql`v.status <> 'archived'`);
  if (request.school !== null) parts.push(sql`${request.school} = any(string_to_array(v.org_keys, ','))`);
  if (request.text !== null) {
    const begins = `${request.text.toLowerCase().replace(/[%_\\]/g, "\\$&")}%`;
    parts.push(sql`(lower(v.family_name) like ${begins} or lower(v.given_name) like ${begins} or lower(v.source_key) like ${begins})`);
  }
  if (request.after !== null) {
    const [family = "", given = "", key = ""] = request.after;
    parts.push(sql`(${sortedBy}) > (${family}, ${given}, ${key})`);
  }
  return sql`
    select ${columns}
    from ${currentAt(request.asOf, "users")} v
    where ${sql.join(parts, sql` and `)}
    order by ${sortedBy}
    limit ${request.limit + 1}`;
}

const Hit = z.object({ source_key: z.string(), sort_name: z.string() });

async function searched(tx: Transaction, part: "teachers" | "students", request: ListRequest): Promise<Page<PersonLine>> {
  const { asOf } = request;
  const [afterName = null, afterKey = null] = request.after ?? [];
  const hits = await read(
    tx,
    Hit,
    sql`
      select source_key, sort_name
      from search_users(${asOf.institutionId}::int, ${asOf.environmentId}::int, ${asOf.bucket}::int, ${request.text}::text,
        ${request.school}::text, ${part}::text, ${request.archived}::boolean, ${afterName}::text, ${afterKey}::text, ${Math.min(request.limit + 1, 200)}::int)`,
  );
  const page = hits.slice(0, request.limit);
  const last = page.at(-1);
  if (last === undefined) return { rows: [], next: null };
  const rows = await read(
    tx,
    Row,
    sql`select ${columns} from ${currentAt(asOf, "users")} v where v.source_key in ${page.map((hit) => hit.source_key)}`,
  );
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const ordered = page.flatMap((hit) => byKey.get(hit.source_key) ?? []);
  return { rows: await lines(tx, request, ordered), next: hits.length > request.limit ? [last.sort_name, last.source_key] : null };
}

async function lines(tx: Transaction, request: ListRequest, rows: readonly Row[]): Promise<PersonLine[]> {
  const orgs = new Set(rows.flatMap((row) => row.org_keys?.split(",") ?? []));
  const labels = await labelsOf(tx, request.asOf, new Map([["orgs", orgs]]));
  return rows.map((row) => ({
    sourcedId: row.sourcedId,
    sourceKey: row.key,
    name: nameFrom("users", row, row.key),
    email: row.email,
    username: row.username,
    identifier: row.identifier,
    grades: row.grades,
    schools: (row.org_keys?.split(",") ?? []).map((key) => nameIn(labels, "orgs", key)),
    status: row.status,
    roles: row.primary_role === null ? [] : [row.primary_role],
  }));
}
