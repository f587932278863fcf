import { type SQL, sql } from "drizzle-orm";
import { ENDED_STATES, WAITING_STATES, WORKING_STATES } from "@/server/roster/run";

/** A run chooses among so many of the newest deliveries of its feed; where no full list is known, these stay. */
const DELIVERIES_LOOKED_AT = 40;

const states = (of: readonly string[]): SQL =>
  sql`(${sql.join(
    of.map((state) => sql`${state}`),
    sql`, `,
  )})`;
const ago = (days: number): SQL => sql`(now() - make_interval(days => ${days}))`;

/**
 * Deliveries, as `d`, whose sealed files nobody needs any more. A run at work, a plan that waits and one that is to be prepared
 * again keep what they read. The newest full list of a feed and all that arrived since stay, since a later run builds upon them,
 * unless the feed has been switched off for as long.
 */
export const expiredDeliveries = (institutionId: number, days: number): SQL => sql`
  deliveries d
  where d.institution_id = ${institutionId}
    and d.state <> 'open'
    and d.files_removed_at is null
    and coalesce(d.finished_at, d.begun_at) < ${ago(days)}
    and exists (select from delivery_files k where k.institution_id = d.institution_id and k.delivery_id = d.id)
    and not exists (
      select from runs r
      left join run_deliveries t on t.institution_id = r.institution_id and t.run_id = r.id
      where r.institution_id = d.institution_id and (r.delivery_id = d.id or t.delivery_id = d.id) and ${isUnderWay})
    and not (d.state = 'ready' and exists (
      select from feeds f
      where f.institution_id = d.institution_id and f.id = d.feed_id and (f.disabled_at is null or f.disabled_at > ${ago(days)})
        and (d.finished_at, d.id) >= (
          select b.finished_at, b.id from (
            (select l.finished_at, l.id, 1 as choice from deliveries l
              where l.institution_id = f.institution_id and l.feed_id = f.id and l.state = 'ready' and ${isFullList}
              order by l.finished_at desc, l.id desc limit 1)
            union all
            (select l.finished_at, l.id, 2 from (
                select n.finished_at, n.id from deliveries n
                where n.institution_id = f.institution_id and n.feed_id = f.id and n.state = 'ready'
                order by n.finished_at desc, n.id desc limit ${DELIVERIES_LOOKED_AT}) l
              order by l.finished_at, l.id limit 1)) b
          order by b.choice limit 1)))`;

/** A run, `r`, that goes on, waits for somebody, or was set aside and is not yet prepared again. */
const isUnderWay = sql`(r.state in ${states([...WORKING_STATES, ...WAITING_STATES])}
  or (r.state = 'setAside' and not exists (select from runs a where a.institution_id = r.institution_id and a.again_of = r.id)))`;

/** A delivery, `l`, that some run read as a full list, and that nobody wants away from later runs. */
const isFullList = sql`exists (
    select from run_deliveries t
    join runs r on r.institution_id = t.institution_id and r.id = t.run_id and r.trigger not in ('undo', 'promotion')
    join run_files u on u.institution_id = t.institution_id and u.run_id = t.run_id and u.position = t.position and u.mode = 'bulk'
    where t.institution_id = l.institution_id and t.delivery_id = l.id)
  and not exists (select from run_deliveries t where t.institution_id = l.institution_id and t.delivery_id = l.id and t.dropped)`;

/**
 * Ended runs, as `r`, of which findings, choices and reasons are still there and need not be: not the last commit of an
 * environment, not what an open undo or an open promotion is about.
 */
export const expiredRuns = (institutionId: number, days: number): SQL => sql`
  runs r
  join environments e on e.institution_id = r.institution_id and e.id = r.environment_id
  where r.institution_id = ${institutionId}
    and r.state in ${states(ENDED_STATES)}
    and not ${isUnderWay}
    and r.ended_at < ${ago(days)}
    and r.commit_seq is distinct from e.head_seq
    and not exists (
      select from runs u
      where u.institution_id = r.institution_id and u.undo_of = r.id and u.state in ${states([...WORKING_STATES, ...WAITING_STATES])})
    and not exists (
      select from promotions p
      where p.institution_id = r.institution_id and r.id in (p.run_id, p.drift_run_id) and p.ended_at is null and p.state <> 'confirmedLive')
    and (r.detail_removed_at is null or exists (select from issues i where i.institution_id = r.institution_id and i.run_id = r.id)
      or exists (select from left_out o where o.institution_id = r.institution_id and o.run_id = r.id)
      or exists (select from changes c where c.institution_id = r.institution_id and c.run_id = r.id))`;

/**
 * Up to which commit the versions that were replaced need not be kept, by environment: older than the days, before the last commit,
 * and not what an open promotion is frozen at or an open undo turns back. Columns: id, bucket, history_from_seq,
 * history_removed_seq, horizon (never below history_from_seq).
 */
export const historyHorizons = (institutionId: number, days: number): SQL => sql`
  select e.id, e.bucket, e.history_from_seq, e.history_removed_seq, greatest(e.history_from_seq, least(
      e.head_seq - 1,
      (select max(r.commit_seq) from runs r
        where r.institution_id = e.institution_id and r.environment_id = e.id and r.state = 'committed' and r.ended_at < ${ago(days)}),
      (select min(p.snapshot_seq) from promotions p
        where p.institution_id = e.institution_id and e.name = 'preview'
          and p.state in ('draft', 'confirmed', 'requested', 'changesAsked', 'approved', 'applying', 'live')),
      (select min(o.commit_seq) - 1 from runs u join runs o on o.institution_id = u.institution_id and o.id = u.undo_of
        where u.institution_id = e.institution_id and u.environment_id = e.id and u.state in ${states([...WORKING_STATES, ...WAITING_STATES])}),
      case when exists (select from runs r where r.institution_id = e.institution_id and r.environment_id = e.id and r.state = 'committed'
        and r.ended_at < ${ago(days)}) then null else 0 end)) as horizon
  from environments e
  where e.institution_id = ${institutionId}`;

/** Mails about the institution, as `m`. */
export const expiredMails = (institutionId: number, days: number): SQL => sql`
  mails m where m.of_institution = ${institutionId} and m.created_at < ${ago(days)}`;

/** Mails about no institution, as `m`: to whom signed in or up, and certificates of what was deleted. */
export const expiredMailsOfNobody = (days: number): SQL => sql`mails m where m.of_institution is null and m.created_at < ${ago(days)}`;

/** Files of the whole institution, as `x`, that nobody may fetch any more. */
export const expiredExports = (institutionId: number): SQL => sql`
  institution_exports x where x.institution_id = ${institutionId} and x.state = 'ready' and x.expires_at < now()`;
