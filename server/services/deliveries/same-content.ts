import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";

/** An earlier run that read exactly the same files. */
export interface SameContent {
  readonly run: number;
  readonly environment: string;
  /** When it was committed, else when it was started. */
  readonly at: Date;
  readonly committed: boolean;
  readonly note: string;
}

/** The newest run of this feed, committed ones first, whose delivery had this digest; null where there is none. */
export async function sameContent(
  tx: Transaction,
  of: { institutionId: number; feedId: number; delivery: string; digest: string },
): Promise<SameContent | null> {
  const [found] = await tx.execute<{ run: number; environment: string; at: string; committed: boolean; undone: number | null }>(sql`
    select
      r.number as run,
      e.name as environment,
      coalesce(r.ended_at, r.created_at) as at,
      r.state = 'committed' as committed,
      (select max(u.number) from runs u where u.institution_id = r.institution_id and u.undo_of = r.id and u.state = 'committed') as undone
    from deliveries d
    join runs r on r.institution_id = d.institution_id and r.delivery_id = d.id
    join environments e on e.institution_id = r.institution_id and e.id = r.environment_id
    where d.institution_id = ${of.institutionId}
      and d.feed_id = ${of.feedId}
      and d.digest = ${of.digest}
      and d.id <> ${of.delivery}
      and d.state = 'ready'
      -- An undo and a promotion stand beside a delivery and read nothing of it.
      and r.trigger not in ('undo', 'promotion')
    order by r.state = 'committed' desc, r.number desc
    limit 1`);
  if (found === undefined) return null;
  const { run, environment, committed } = found;
  const note =
    found.undone !== null
      ? `Run ${run} committed exactly these files to ${environment}, and run ${found.undone} undid it: what was undone comes again as left out.`
      : committed
        ? `Run ${run} committed exactly these files to ${environment}.`
        : `Run ${run} read exactly these files before; it was not committed.`;
  return { run, environment, at: new Date(found.at), committed, note };
}
