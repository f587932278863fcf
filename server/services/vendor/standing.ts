import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount, SqlTime } from "@/db/read";
import { holdCauses } from "@/server/notify/look-first";
import { ENVIRONMENTS, RUN_STATES } from "@/server/roster/run";
import { findSource } from "@/server/sources";
import { type Stage, stageOf } from "./stage";

/** A run that blocks, as staff may see it. */
export interface BlockingRun {
  readonly environment: "preview" | "production";
  readonly run: number;
  readonly at: Date;
  readonly text: string;
}

/** How an institution stands, without a word out of its roster. */
export interface Standing {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly timeZone: string;
  readonly createdAt: Date;
  readonly stage: Stage;
  readonly stageSince: Date;
  readonly sources: readonly string[];
  readonly feeds: number;
  readonly members: number;
  /** Active in Production once it is live, in Preview before. */
  readonly counts: { readonly schools: number; readonly people: number; readonly students: number };
  /** The newest commit in either environment: the last good sync. */
  readonly committedAt: Date | null;
  /** The last thing that somebody of the institution did. */
  readonly steppedAt: Date;
  readonly owner: { readonly id: number; readonly name: string } | null;
  /** The promotion that waits for one of the vendor to decide. */
  readonly request: { readonly id: string; readonly at: Date; readonly round: number } | null;
  readonly held: readonly BlockingRun[];
  readonly failing: readonly (BlockingRun & { readonly runs: number })[];
  readonly lastRun: {
    readonly number: number;
    readonly state: (typeof RUN_STATES)[number];
    readonly environment: "preview" | "production";
    readonly at: Date;
    readonly reason: string | null;
  } | null;
}

const JsonTime = z.string().transform((text) => new Date(text));
const environment = z.enum(ENVIRONMENTS);
const Counts = z
  .object({ schools: z.number().catch(0), users: z.number().catch(0), students: z.number().catch(0) })
  .catch({ schools: 0, users: 0, students: 0 });

const Row = z.object({
  id: z.number(),
  slug: z.string(),
  name: z.string(),
  timeZone: z.string(),
  createdAt: SqlTime,
  memberAt: SqlTime.nullable(),
  arrivalAt: SqlTime.nullable(),
  planAt: SqlTime.nullable(),
  request: z.object({ id: z.string(), at: JsonTime, round: z.number() }).nullable(),
  liveAt: SqlTime.nullable(),
  steppedAt: SqlTime.nullable(),
  sources: z.array(z.string()),
  members: SqlCount,
  committedAt: SqlTime.nullable(),
  counts: Counts,
  owner: z.object({ id: z.number(), name: z.string() }).nullable(),
  held: z.array(z.object({ environment, run: z.number(), at: JsonTime, verdict: z.json() })),
  failing: z.array(z.object({ environment, run: z.number(), at: JsonTime, runs: z.number(), reason: z.string().nullable() })),
  lastRun: z
    .object({
      number: z.number(),
      state: z.enum(RUN_STATES),
      environment,
      at: JsonTime,
      reason: z.string().nullable(),
      verdict: z.json(),
    })
    .nullable(),
});

/** Every institution that is not disabled, or the one of that slug, by name: what the queue, the list and the page are made of. */
export async function standings(tx: Transaction, slug?: string): Promise<Standing[]> {
  const rows = await read(tx, Row, query(slug === undefined ? sql`true` : sql`i.slug = ${slug}`));
  return rows.map(({ held, failing, lastRun, steppedAt, counts, ...row }) => {
    const { stage, since } = stageOf({ ...row, requestedAt: row.request?.at ?? null });
    return {
      ...row,
      stage,
      stageSince: since,
      sources: row.sources.map((key) => findSource(key)?.label ?? key),
      feeds: row.sources.length,
      counts: { schools: counts.schools, people: counts.users, students: counts.students },
      steppedAt: steppedAt ?? row.createdAt,
      held: held.map(({ verdict, ...run }) => ({ ...run, text: holdCauses(verdict).join(" ") || "Held" })),
      failing: failing.map(({ reason, ...run }) => ({ ...run, text: reason ?? "Failed" })),
      lastRun: lastRun === null ? null : described(lastRun),
    };
  });
}

function described({ verdict, ...run }: NonNullable<z.infer<typeof Row>["lastRun"]>): Standing["lastRun"] {
  return { ...run, reason: run.state === "held" ? holdCauses(verdict).join(" ") : run.reason };
}

/** So many runs are looked back on for a row of failures: the newest, however many there were. */
const LOOKED_AT = 50;

const query = (which: SQL): SQL => sql`
  select i.id, i.slug, i.name, i.time_zone as "timeZone", i.created_at as "createdAt",
    people.n as members, people.first as "memberAt",
    (select min(d.finished_at) from deliveries d where d.institution_id = i.id and d.state = 'ready') as "arrivalAt",
    (select r.prepared_at from runs r where r.institution_id = i.id and r.environment_id = preview.id and r.prepared_at is not null
      order by r.created_at limit 1) as "planAt",
    (select json_build_object('id', p.id, 'at', p.requested_at, 'round', p.round)
      from promotions p where p.institution_id = i.id and p.state = 'requested') as request,
    (select r.ended_at from runs r where r.institution_id = i.id and r.environment_id = production.id and r.state = 'committed'
      order by r.created_at limit 1) as "liveAt",
    (select max(a.at) from audit a where a.institution_id = i.id and a.actor = 'member') as "steppedAt",
    array(select f.source from feeds f where f.institution_id = i.id and f.disabled_at is null order by f.id) as sources,
    greatest(preview.committed_at, production.committed_at) as "committedAt",
    case when production.committed_at is null then preview.counts else production.counts end as counts,
    (select json_build_object('id', a.id, 'name', coalesce(a.name, a.email))
      from institution_owners o join accounts a on a.id = o.account_id where o.institution_id = i.id) as owner,
    coalesce((select json_agg(json_build_object('environment', e.name, 'run', r.number, 'at', coalesce(r.prepared_at, r.created_at), 'verdict', r.verdict)
        order by coalesce(r.prepared_at, r.created_at))
      from runs r join environments e on e.id = r.environment_id
      where r.institution_id = i.id and r.environment_id in (preview.id, production.id) and r.state = 'held'), '[]') as held,
    coalesce((select json_agg(json_build_object('environment', e.name, 'run', failed.run, 'at', failed.at, 'runs', failed.n, 'reason', failed.reason) order by failed.at)
      from environments e
      cross join lateral (
        select max(w.number) as run, min(w.created_at) as at, count(*)::int as n, (array_agg(w.reason order by w.number desc))[1] as reason
        from (
          select r.*, count(*) filter (where r.state in ('ready', 'held', 'committing', 'committed', 'ignored'))
            over (order by r.created_at desc, r.number desc) as gone_through
          from (select * from runs g where g.institution_id = i.id and g.environment_id = e.id order by g.created_at desc limit ${LOOKED_AT}) r) w
        where w.state = 'failed' and w.gone_through = 0) failed
      where e.institution_id = i.id and failed.n > 0), '[]') as failing,
    (select json_build_object('number', r.number, 'state', r.state, 'environment', e.name, 'at', coalesce(r.ended_at, r.created_at), 'reason', r.reason, 'verdict', r.verdict)
      from runs r join environments e on e.id = r.environment_id
      where r.institution_id = i.id order by r.number desc limit 1) as "lastRun"
  from institutions i
  join environments preview on preview.institution_id = i.id and preview.name = 'preview'
  join environments production on production.institution_id = i.id and production.name = 'production'
  cross join lateral (select count(*)::int as n, min(m.created_at) as first from members m where m.institution_id = i.id and m.removed_at is null) people
  where i.disabled_at is null and ${which}
  order by i.name, i.slug`;
