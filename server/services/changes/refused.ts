import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import { AppError } from "@/server/errors";
import { ACTIONS } from "@/server/roster/change";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import { type AsOf, type Labels, labelIn, labelsOf, type NamedEntity, nameIn } from "@/server/services/roster/labels";
import { namesOf } from "@/server/services/runs/people";
import type { RunRow } from "@/server/services/runs/place";
import type { ChangeRow } from "./describe";
import type { ChangeFilter } from "./filter";
import { causeText, parseOffDetail, reasonOf } from "./why";

const Row = z.object({
  entity: z.enum(ENTITIES),
  source_key: z.string(),
  action: z.enum(ACTIONS),
  part: z.string().nullable(),
  cause: z.enum(["person", "before", "follows", "named"]),
  detail: z.unknown(),
  account_id: z.number().nullable(),
});
type Row = z.infer<typeof Row>;

const Cursor = z.tuple([z.literal("off"), z.enum(ENTITIES), z.string()]);

/**
 * What was left out of a plan whose rows are gone: a committed run, or one that ended otherwise. Their fields went with them;
 * what is kept is whose, what, and why. By entity and key, by keyset. A filter's school does not apply here.
 */
export async function refusedChanges(
  tx: Transaction,
  of: { run: RunRow; asOf: AsOf; filter: ChangeFilter; after: string | null; limit: number; timeZone: string },
): Promise<{ rows: ChangeRow[]; nextCursor: string | null }> {
  const found = await read(tx, Row, refusedQuery(of));
  const page = found.slice(0, of.limit);
  const labels = await labelsFor(tx, of.asOf, page);
  const nameOf = await namesOf(tx, page.map(accountOf));
  const last = page.at(-1);
  return {
    rows: page.map((row) => changeRow(row, labels, { who: nameOf(accountOf(row)), timeZone: of.timeZone })),
    nextCursor:
      found.length > of.limit && last !== undefined
        ? Buffer.from(JSON.stringify(["off", last.entity, last.source_key])).toString("base64url")
        : null,
  };
}

function refusedQuery(of: { run: RunRow; filter: ChangeFilter; after: string | null; limit: number }): SQL {
  const { run, filter } = of;
  const rank = sql.raw(`array_position(array[${ENTITIES.map((entity) => `'${entity}'`).join(", ")}], o.entity)`);
  const parts: SQL[] = [sql`o.institution_id = ${run.institutionId} and o.run_id = ${run.id} and o.on_at is null`];
  if (filter.entity !== undefined) parts.push(sql`o.entity = ${filter.entity}`);
  if (filter.person !== undefined) parts.push(sql`o.part = ${filter.person}`);
  if (filter.action !== undefined) parts.push(sql`o.action = ${filter.action}`);
  if (filter.text !== undefined) parts.push(sql`starts_with(o.source_key, ${filter.text})`);
  if (of.after !== null) {
    const [, entity, key] = readCursor(of.after);
    parts.push(sql`(${rank}, o.source_key) > (${ENTITIES.indexOf(entity) + 1}, ${key})`);
  }
  return sql`
    select o.entity, o.source_key, o.action, o.part, o.cause, o.detail, c.account_id
    from left_out o
    left join choices c on c.institution_id = o.institution_id and c.run_id = o.run_id and c.version = o.off_at
    where ${sql.join(parts, sql` and `)}
    order by ${rank}, o.source_key
    limit ${of.limit + 1}`;
}

function readCursor(text: string): z.infer<typeof Cursor> {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
  } catch (cause) {
    throw new AppError("INVALID", "This page of the list does not exist", { cause });
  }
}

const accountOf = (row: Row): number | null => (row.cause === "before" ? (parseOffDetail(row.detail).accountId ?? null) : row.account_id);

/** Whom and what an enrollment joins is kept with its refusal. */
const Joined = z.object({ userKey: z.string().optional(), classKey: z.string().optional() }).loose();

async function labelsFor(tx: Transaction, asOf: AsOf, rows: readonly Row[]): Promise<Labels> {
  const wanted = new Map<NamedEntity, Set<string>>();
  const want = (entity: Entity | undefined, key: string | undefined) => {
    if (key === undefined || entity === undefined || entity === "enrollments" || entity === "relationships") return;
    wanted.set(entity, (wanted.get(entity) ?? new Set()).add(key));
  };
  for (const row of rows) {
    const detail = parseOffDetail(row.detail);
    const { userKey, classKey } = Joined.parse(row.detail ?? {});
    want(row.entity, row.source_key);
    want(detail.entity, detail.sourceKey);
    want("users", userKey);
    want("classes", classKey);
  }
  return labelsOf(tx, asOf, wanted);
}

function changeRow(row: Row, labels: Labels, { who, timeZone }: { who: string | null; timeZone: string }): ChangeRow {
  const { userKey, classKey } = Joined.parse(row.detail ?? {});
  const name =
    row.entity === "enrollments" && userKey !== undefined && classKey !== undefined
      ? `${nameIn(labels, "users", userKey)} in ${nameIn(labels, "classes", classKey)}`
      : nameIn(labels, row.entity, row.source_key);
  return {
    entity: row.entity,
    sourceKey: row.source_key,
    sourcedId: labelIn(labels, row.entity, row.source_key)?.sourcedId ?? null,
    action: row.action,
    person: row.part === "students" ? "student" : row.part === "teachers" ? "teacher" : null,
    name,
    feed: null,
    school: null,
    fields: [],
    reason: reasonOf({ action: row.action, line: 0 }, null),
    why: "offered again by the next run",
    warnings: [],
    on: false,
    cause: row.cause,
    causeText: causeText({ cause: row.cause, detail: row.detail, offAt: 0 }, { who, timeZone }, labels),
    canToggle: false,
    follows: {},
    place: null,
  };
}
