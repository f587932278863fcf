import { sql } from "drizzle-orm";
import { z } from "zod";
import { read } from "@/db/read";
import { sourcedIdOf, versionsOf } from "@/db/roster";
import { asTenant } from "@/server/database";
import { csvLine } from "@/server/downloads/csv-line";
import { COLUMNS, type Entity } from "@/server/roster/entities";

/** A roster as of one commit: what is committed while it is read changes nothing of it. */
interface RosterAt {
  readonly institutionId: number;
  readonly environmentId: number;
  readonly bucket: number;
  readonly seq: number;
}

const ROWS_AT_ONCE = 1_000;
const Row = z.record(z.string(), z.string().nullable());
type Row = z.infer<typeof Row>;

/** Names of what stands in front of an entity's own columns. */
const HEAD = ["sourced_id", "source_key", "feed", "status"];

/** The records of an entity as lines of JSON, archived ones among them. */
export async function* rosterLines(at: RosterAt, entity: Entity): AsyncGenerator<string> {
  for await (const page of rowsAt(at, entity)) {
    yield page.map(({ feed_id: _, ...row }) => `${JSON.stringify(row)}\n`).join("");
  }
}

/** The same for a spreadsheet. */
export async function* rosterCsv(at: RosterAt, entity: Entity): AsyncGenerator<string> {
  const columns = [...HEAD, ...COLUMNS[entity].map(({ name }) => name)];
  yield csvLine(columns);
  for await (const page of rowsAt(at, entity)) {
    yield page.map((row) => csvLine(columns.map((column) => row[column] ?? null))).join("");
  }
}

async function* rowsAt(at: RosterAt, entity: Entity): AsyncGenerator<readonly Row[]> {
  const columns = sql.raw(COLUMNS[entity].map(({ name }) => (name === "org_roles" ? PLAIN_ROLES : `v.${name}`)).join(", "));
  for (let after: { key: string; feed: string } | null = null; ; ) {
    const from = after === null ? sql`true` : sql`(v.source_key, v.feed_id) > (${after.key}, ${after.feed}::int)`;
    const page: Row[] = await asTenant(at.institutionId, (tx) =>
      read(
        tx,
        Row,
        sql`
          select ${sourcedIdOf("v")} as sourced_id, v.source_key, f.name as feed, v.feed_id::text as feed_id, v.status, ${columns}
          from ${versionsOf(entity)} v
          join feeds f on f.institution_id = ${at.institutionId} and f.id = v.feed_id
          where v.institution_id = ${at.institutionId} and v.environment_id = ${at.environmentId} and v.bucket = ${at.bucket}
            and v.from_seq <= ${at.seq} and (v.to_seq is null or v.to_seq > ${at.seq}) and ${from}
          order by v.source_key, v.feed_id
          limit ${ROWS_AT_ONCE}`,
      ),
    );
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (page.length < ROWS_AT_ONCE) return;
    after = { key: last.source_key ?? "", feed: last.feed_id ?? "0" };
  }
}

/** As readers of the current roster see the roles of a person of whom a source says one role and a list of schools. */
const PLAIN_ROLES = "coalesce(v.org_roles, plain_roles(v.org_keys, v.primary_role)) as org_roles";
