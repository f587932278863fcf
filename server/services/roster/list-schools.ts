import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { sourcedIdOf } from "@/db/roster";
import { currentAt } from "./current";
import type { ListRequest, Page } from "./list-request";

/** A school as lists show it. */
export interface SchoolLine {
  readonly sourcedId: string;
  readonly sourceKey: string;
  readonly name: string;
  readonly type: string | null;
  readonly identifier: string | null;
  readonly status: string;
  readonly classes: number;
}

const Row = z.object({
  sourceKey: z.string(),
  sourcedId: z.string(),
  name: z.string(),
  type: z.string().nullable(),
  identifier: z.string().nullable(),
  status: z.string(),
});

/** Schools by name and key, with their active classes counted. */
export async function listOrgs(tx: Transaction, request: ListRequest): Promise<Page<SchoolLine>> {
  const parts: SQL[] = [sql`v.type = 'school'`];
  if (!request.archived) parts.push(sql`v.status <> 'archived'`);
  if (request.school !== null) parts.push(sql`v.source_key = ${request.school}`);
  if (request.text !== null) {
    const begins = `${request.text.toLowerCase().replace(/[%_\\]/g, "\\$&")}%`;
    parts.push(sql`(lower(v.name) like ${`%${begins}`} or lower(v.identifier) like ${begins} or lower(v.source_key) like ${begins})`);
  }
  if (request.after !== null) {
    const [name = "", key = ""] = request.after;
    parts.push(sql`(coalesce(v.name, ''), v.source_key) > (${name}, ${key})`);
  }
  const rows = await read(
    tx,
    Row,
    sql`
      select v.source_key as "sourceKey", ${sourcedIdOf("v")} as "sourcedId", coalesce(v.name, v.source_key) as name, v.type, v.identifier, v.status
      from ${currentAt(request.asOf, "orgs")} v
      where ${sql.join(parts, sql` and `)}
      order by coalesce(v.name, ''), v.source_key
      limit ${request.limit + 1}`,
  );
  const page = rows.slice(0, request.limit);
  const last = page.at(-1);
  const classes = await classesOf(
    tx,
    request,
    page.map((row) => row.sourceKey),
  );
  return {
    rows: page.map((row) => ({ ...row, classes: classes.get(row.sourceKey) ?? 0 })),
    next: rows.length > request.limit && last !== undefined ? [last.name, last.sourceKey] : null,
  };
}

async function classesOf(tx: Transaction, request: ListRequest, keys: readonly string[]): Promise<Map<string, number>> {
  if (keys.length === 0) return new Map();
  const counts = await read(
    tx,
    z.object({ key: z.string(), count: SqlCount }),
    sql`
      select v.school_key as key, count(*) as count
      from ${currentAt(request.asOf, "classes")} v
      where v.school_key in ${[...keys]} and v.status <> 'archived'
      group by 1`,
  );
  return new Map(counts.map(({ key, count }) => [key, count]));
}
