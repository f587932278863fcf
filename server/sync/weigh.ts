import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { versionsOf } from "@/db/roster";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import { type EntityWeight, type FileWeight, type SchoolShare, type Verdict, weigh } from "@/server/roster/guard";
import type { OpenSet } from "./context";
import { countedSchool, todayOf } from "./groups";
import { keepFound } from "./issues";
import type { EntityLoads } from "./loads";
import { schoolsOf } from "./scope";
import { current, gone, ours, pending, stage } from "./tables";
import type { TieOut } from "./tie-out";

const SCHOOLS_SHOWN = 10;

/** Weighs the plan as it stands, with what the engine left out already off, and says whether a person must look (F24). */
export async function weighPlan(
  tx: Transaction,
  open: OpenSet,
  of: { entities: readonly EntityLoads[]; counts: TieOut },
): Promise<Verdict> {
  const today = await todayOf(tx, open);
  const weights: EntityWeight[] = [];
  for (const entity of ENTITIES) {
    const weight = await weightOf(tx, open, { entity, counts: of.counts, today });
    if (weight !== null) weights.push(weight);
  }
  const files: FileWeight[] = [];
  for (const loads of of.entities) {
    for (const file of loads.files) {
      const [row] = await read(
        tx,
        z.object({ errors: SqlCount }),
        sql`select coalesce((counts ->> 'rejected')::int, 0) as errors from run_files
            where institution_id = ${open.institutionId} and run_id = ${open.runId} and position = ${file.position} and name = ${file.file}`,
      );
      files.push({ file: file.file, entity: loads.entity, rows: file.read, errors: row?.errors ?? 0 });
    }
  }
  return weigh({ entities: weights, files, isStale: await isStale(tx, open, of.entities), limits: open.limits });
}

async function weightOf(
  tx: Transaction,
  open: OpenSet,
  of: { entity: Entity; counts: TieOut; today: string },
): Promise<EntityWeight | null> {
  const { entity, counts, today } = of;
  const activeIn = counts.active[entity];
  const active = open.schools === null ? activeIn.reduce((sum, group) => sum + group.n, 0) : await activeInScope(tx, open, entity);
  if (active === 0) return null;
  const on = sql`not exists (select from left_out o where o.institution_id = ${open.institutionId} and o.run_id = ${open.runId}
    and o.entity = ${entity} and o.source_key = p.source_key and o.on_at is null)`;
  const rows = await read(
    tx,
    z.object({ school: z.string(), archives: SqlCount, archived: SqlCount, edits: SqlCount, returned: SqlCount }),
    sql`select ${countedSchool(entity, "p")} as school,
          count(*) filter (where p.action = 'archive' and not ${isConcluded(open, entity, today)}) as archives,
          count(*) filter (where p.action = 'archive') as archived,
          count(*) filter (where p.action in ('edit', 'rekey')) as edits,
          count(*) filter (where p.action in ('add', 'reactivate')) as returned
        from ${pending(open, entity, "p")} where ${on} group by 1`,
  );
  const sum = (field: "archives" | "archived" | "edits" | "returned") => rows.reduce((total, row) => total + row[field], 0);
  const hit = rows.filter((row) => row.archives > 0 && row.school !== "").sort((a, b) => b.archives - a.archives);
  const names = await schoolNames(
    tx,
    open,
    hit.slice(0, SCHOOLS_SHOWN).map((row) => row.school),
  );
  const schools: SchoolShare[] = hit.slice(0, SCHOOLS_SHOWN).map((row) => ({
    key: row.school,
    name: names.get(row.school) ?? null,
    count: row.archives,
    of: activeIn.filter((group) => group.school === row.school).reduce((total, group) => total + group.n, 0),
  }));
  return {
    entity,
    active,
    archives: sum("archives"),
    edits: sum("edits"),
    activeAfter: active - sum("archived") + sum("returned"),
    schools,
  };
}

/** Whether the archive `p` is of a class whose last day is over, or of an enrollment in one (canonical model §1.8). */
function isConcluded(open: OpenSet, entity: Entity, today: string): SQL {
  if (entity !== "classes" && entity !== "enrollments") return sql`false`;
  const over = (alias: string) => {
    const at = sql.raw(alias);
    return sql`coalesce(${at}.end_date <= ${today}::text, (
      select bool_and(coalesce(t.end_date <= ${today}::text, false)) from unnest(string_to_array(${at}.term_keys, ',')) k
      left join ${current(open, "academicSessions", "t")} on t.source_key = k${sameFeed(open, "t", alias)}), false)`;
  };
  if (entity === "classes") return over("p");
  return sql`coalesce((select ${over("c")} from ${current(open, "classes", "c")} where c.source_key = p.class_key${sameFeed(open, "c", "p")}), false)`;
}

/** In a run over all feeds a key is several records. */
const sameFeed = (open: OpenSet, a: string, b: string): SQL => sql.raw(open.allFeeds ? ` and ${a}.feed_id = ${b}.feed_id` : "");

async function activeInScope(tx: Transaction, open: OpenSet, entity: Entity): Promise<number> {
  const schools = schoolsOf(open, entity, "v");
  const scope =
    schools === null
      ? sql`true`
      : sql`${schools} && (select array_agg(k) from jsonb_array_elements_text(${JSON.stringify(open.schools ?? [])}::jsonb) k)`;
  const [row] = await read(
    tx,
    z.object({ n: SqlCount }),
    sql`select count(*) as n from ${current(open, entity, "v")} where v.status <> 'archived' and ${scope}`,
  );
  return row?.n ?? 0;
}

async function schoolNames(tx: Transaction, open: OpenSet, keys: readonly string[]): Promise<Map<string, string | null>> {
  if (keys.length === 0) return new Map();
  const rows = await read(
    tx,
    z.object({ source_key: z.string(), name: z.string().nullable() }),
    sql`select v.source_key, v.name from ${current(open, "orgs", "v")}
        where v.source_key in (select jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb))`,
  );
  return new Map(rows.map((row) => [row.source_key, row.name]));
}

/**
 * Whether the newest change in the delivery is older than that of the last commit: yesterday's file again (E 74). A quick load
 * parses only what changed, so the unchanged versions are asked too, when that would decide it.
 */
async function isStale(tx: Transaction, open: OpenSet, entities: readonly EntityLoads[]): Promise<boolean> {
  if (entities.length === 0 || open.baseSeq === 0) return false;
  const [last] = await read(
    tx,
    z.object({ newest: z.string().nullable() }),
    sql`select max(newest_at)::text as newest from readings
        where institution_id = ${open.institutionId} and environment_id = ${open.environmentId} and feed_id = ${open.feedId}
          and entity in (${sql.join(
            entities.map((entity) => sql`${entity.entity}`),
            sql`, `,
          )})`,
  );
  const newest = entities.flatMap((entity) =>
    entity.files.flatMap((file) => (file.newest_at === null ? [] : [new Date(file.newest_at).getTime()])),
  );
  if (last === undefined || last.newest === null || newest.length === 0) return false;
  if (Math.max(...newest) >= new Date(last.newest).getTime()) return false;
  for (const { entity, isQuick } of entities) {
    if (!isQuick) continue;
    const kept = await tx.execute(sql`select 1 from ${versionsOf(entity)} v
      where ${ours(open, "v")} and v.from_seq <= ${open.baseSeq} and v.to_seq is null and v.status <> 'archived' and v.modified_at >= ${last.newest}::timestamptz
        and not exists (select from ${gone(open, entity)} g where g.source_key = v.source_key)
        and not exists (select from ${stage(open, entity)} s where s.source_key = v.source_key) limit 1`);
    if (kept.length > 0) return false;
  }
  const [first] = entities;
  if (first === undefined) return false;
  await keepFound(tx, open, {
    severity: "warning",
    code: "STALE_FILE",
    entity: first.entity,
    rows: sql`select null::text as source_key, 1 as position, ${first.files[0].file}::text as file, null::integer as line,
      null::text as column_name, ${new Date(Math.max(...newest)).toISOString()}::text as seen,
      ${`The newest change in this delivery is older than that of the last commit, ${last.newest}.`}::text as detail`,
  });
  return true;
}
