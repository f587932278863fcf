import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlTime } from "@/db/read";
import { ENTITIES } from "@/server/roster/entities";
import { placeOf } from "@/server/services/runs/issue-totals";
import { wordOf } from "@/server/services/runs/words";
import type { HistoryEntry, RecordRef } from "./history-entry";
import { type AsOf, labelsOf, nameIn } from "./labels";

/** How far back runs are asked about one record. */
const RUNS_MAX = 200;
/** How many "seen, nothing to change" are worth telling. */
const SEEN_MAX = 20;

/** What no version tells of a record: findings about its rows, refusals of it or of its enrollments, runs that saw it unchanged. */
export async function happenings(
  tx: Transaction,
  asOf: AsOf,
  of: { record: RecordRef; versions: readonly { readonly from_seq: number; readonly status: string }[] },
): Promise<HistoryEntry[]> {
  const found = await findings(tx, asOf, of.record);
  const left = await refusals(tx, asOf, of.record);
  const told = new Set([...found, ...left].map((entry) => entry.run));
  return [...found, ...left, ...(await sightings(tx, asOf, of)).filter((entry) => !told.has(entry.run))];
}

/** The environment's newest runs of the record's feed. */
const recentRuns = (asOf: AsOf, record: RecordRef) => sql`(
  select id, institution_id, number, state, commit_seq, schools, started_by, decided_by, coalesce(ended_at, prepared_at, created_at) as at
  from runs
  where institution_id = ${asOf.institutionId} and environment_id = ${asOf.environmentId} and feed_id = ${record.feedId}
  order by created_at desc
  limit ${RUNS_MAX})`;

const Finding = z.object({ run: z.number(), at: SqlTime, file: z.string(), line: z.number().nullable(), detail: z.string() });

async function findings(tx: Transaction, asOf: AsOf, record: RecordRef): Promise<HistoryEntry[]> {
  const rows = await read(
    tx,
    Finding,
    sql`
      select r.number as run, r.at, i.file, i.line, i.detail
      from ${recentRuns(asOf, record)} r
      join issues i on i.institution_id = ${asOf.institutionId} and i.run_id = r.id and i.entity = ${record.entity} and i.source_key = ${record.key}
      order by r.number desc, i.id
      limit 200`,
  );
  return rows.map((row) => ({ at: row.at, kind: "issue", run: row.run, text: row.detail, fields: [], place: placeOf(row.file, row.line) }));
}

const Refusal = z.object({
  run: z.number(),
  at: SqlTime,
  entity: z.enum(ENTITIES),
  action: z.string(),
  cause: z.string(),
  classKey: z.string().nullable(),
  by: z.string().nullable(),
});

/** The record itself left out, or (of a person, of a class) an enrollment of it. A plan that is open tells it by its own row. */
async function refusals(tx: Transaction, asOf: AsOf, record: RecordRef): Promise<HistoryEntry[]> {
  const joined =
    record.entity === "users"
      ? sql`or (o.entity = 'enrollments' and o.detail ->> 'userKey' = ${record.key})`
      : record.entity === "classes"
        ? sql`or (o.entity = 'enrollments' and o.detail ->> 'classKey' = ${record.key})`
        : sql``;
  const rows = await read(
    tx,
    Refusal,
    sql`
      select r.number as run, coalesce(c.at, r.at) as at, o.entity, o.action, o.cause, o.detail ->> 'classKey' as "classKey", coalesce(a.name, a.email) as by
      from ${recentRuns(asOf, record)} r
      join left_out o on o.institution_id = ${asOf.institutionId} and o.run_id = r.id and o.on_at is null
        and ((o.entity = ${record.entity} and o.source_key = ${record.key}) ${joined})
      left join choices c on c.institution_id = o.institution_id and c.run_id = o.run_id and c.version = o.off_at
      left join accounts a on a.id = c.account_id
      order by r.number desc
      limit 200`,
  );
  const labels = await labelsOf(
    tx,
    { ...asOf, seq: asOf.seq + 1 },
    new Map([["classes", new Set(rows.flatMap((row) => row.classKey ?? []))]]),
  );
  return rows.map((row) => {
    const by = row.by === null ? "" : ` by ${row.by}`;
    const what =
      row.entity === "enrollments" && record.entity === "users" && row.classKey !== null
        ? `Enrollment in ${nameIn(labels, "classes", row.classKey)}`
        : row.entity === record.entity
          ? `The ${row.action}`
          : `An ${wordOf(row.entity)}`;
    const why =
      row.cause === "follows"
        ? ", because it cannot stand without what was left out"
        : row.cause === "named"
          ? ", because others still name it"
          : "";
    return { at: row.at, kind: "leftOut", run: row.run, text: `${what} was left out${by}${why}`, fields: [] };
  });
}

const Sighting = z.object({ run: z.number(), at: SqlTime, seq: z.number(), file: z.string() });

/**
 * Commits of a complete bulk file that changed nothing here: had the record been absent, it would have been archived, so it
 * was seen. Runs over chosen schools and delta files prove nothing and are not told.
 */
async function sightings(
  tx: Transaction,
  asOf: AsOf,
  of: { record: RecordRef; versions: readonly { readonly from_seq: number; readonly status: string }[] },
): Promise<HistoryEntry[]> {
  const rows = await read(
    tx,
    Sighting,
    sql`
      select r.number as run, r.at, r.commit_seq as seq, f.name as file
      from ${recentRuns(asOf, of.record)} r
      join run_files f on f.institution_id = ${asOf.institutionId} and f.run_id = r.id and f.entity = ${of.record.entity} and f.mode = 'bulk'
      where r.state = 'committed' and r.schools is null
      order by r.number desc
      limit ${SEEN_MAX}`,
  );
  const oldestFirst = [...of.versions].sort((a, b) => a.from_seq - b.from_seq);
  return rows.flatMap((row): HistoryEntry[] => {
    if (oldestFirst.some((version) => version.from_seq === row.seq)) return [];
    const standing = oldestFirst.findLast((version) => version.from_seq < row.seq);
    if (standing === undefined || standing.status === "archived") return [];
    return [{ at: row.at, kind: "seen", run: row.run, text: `Seen in ${row.file}, nothing to change`, fields: [] }];
  });
}
