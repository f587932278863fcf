import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";

const Moment = z.object({ at: z.string().transform((text) => new Date(text)), by: z.string().nullable() }).nullable();

const Row = z.object({
  arrival: Moment,
  plan: Moment,
  commit: Moment,
  confirmed: Moment,
  requested: Moment,
  live: Moment,
  liveConfirmed: Moment,
});

/** When each thing that onboarding waits for happened first, and by whom; null where it has not. Without a word of the roster. */
export type OnboardingFacts = z.infer<typeof Row>;

/** Reads as the institution itself or as the vendor's staff: both may see all of it. */
export async function onboardingFacts(tx: Transaction, institutionId: number): Promise<OnboardingFacts> {
  const [row] = await read(
    tx,
    Row,
    sql`
      select
        (select ${moment("d.finished_at", "d.begun_by")} from deliveries d
          where d.institution_id = i.id and d.state = 'ready' order by d.finished_at limit 1) as arrival,
        (select ${moment("r.prepared_at", "null::int")} from runs r
          where r.institution_id = i.id and r.environment_id = e.id and r.prepared_at is not null order by r.prepared_at limit 1) as plan,
        (select ${moment("r.ended_at", "r.decided_by")} from runs r
          where r.institution_id = i.id and r.environment_id = e.id and r.state = 'committed' order by r.ended_at limit 1) as commit,
        (select ${moment("p.confirmed_at", "p.confirmed_by")} from promotions p
          where p.institution_id = i.id and p.confirmed_at is not null and p.state not in ('superseded', 'expired', 'rejected')
          order by p.number desc limit 1) as confirmed,
        (select ${moment("p.requested_at", "p.requested_by")} from promotions p
          where p.institution_id = i.id and p.requested_at is not null and p.state not in ('superseded', 'expired', 'rejected', 'changesAsked')
          order by p.number desc limit 1) as requested,
        (select ${moment("p.live_at", "p.decided_by")} from promotions p
          where p.institution_id = i.id and p.live_at is not null and p.state <> 'rolledBack' order by p.live_at limit 1) as live,
        (select ${moment("p.live_confirmed_at", "p.live_confirmed_by")} from promotions p
          where p.institution_id = i.id and p.live_confirmed_at is not null and p.state <> 'rolledBack'
          order by p.live_confirmed_at limit 1) as "liveConfirmed"
      from institutions i
      join environments e on e.institution_id = i.id and e.name = 'preview'
      where i.id = ${institutionId}`,
  );
  if (row === undefined) throw new Error(`No institution ${institutionId}`);
  return row;
}

/** A time and the name of an account, as one value. The column names are ours alone. */
const moment = (at: string, by: string) =>
  sql.raw(`json_build_object('at', ${at}, 'by', (select coalesce(a.name, a.email) from accounts a where a.id = ${by}))`);
