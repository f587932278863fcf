import { sql } from "drizzle-orm";
import { z } from "zod";
import { asVendor } from "@/server/database";
import { AppError } from "@/server/errors";
import { type JobRow, jobRow } from "./list";

export const GetJob = z.object({ id: z.string().max(64) });

/** One line of a run's timeline. */
interface JobEvent {
  readonly at: Date;
  /** `step.done`, `step.failed`, `call.retried`, `lease.expired`, `lease.lost`, `run.failed`, … */
  readonly kind: string;
  readonly step: string | null;
  /** 0 for the first. */
  readonly attempt: number | null;
  readonly worker: string | null;
  readonly tookMs: number | null;
  readonly error: { readonly name?: string; readonly message?: string; readonly at?: string } | null;
}

/** What a run is waiting for or doing now. */
interface JobNow {
  readonly kind: string;
  /** `Sleep`, `WaitForEvent`, …; null for a call that finds out what comes next. */
  readonly op: string | null;
  readonly step: string | null;
  /** The event that is waited for. */
  readonly event: string | null;
  readonly attempt: number;
  readonly dueAt: Date;
  readonly worker: string | null;
  readonly since: Date | null;
  /** How long nothing was heard of the worker; null when nobody works on it. */
  readonly heartbeatAgeMs: number | null;
}

export interface Job extends JobRow {
  readonly now: readonly JobNow[];
  readonly timeline: readonly JobEvent[];
}

/** A run with its timeline and what it waits for. Throws NOT_FOUND. */
export async function getJob(input: z.input<typeof GetJob>): Promise<Job> {
  const { id } = GetJob.parse(input);
  return asVendor(async (tx) => {
    const [row] = await tx.execute(sql`
      select j.id, j.fn_id as "fnId", j.status, j.events -> 0 ->> 'name' as trigger,
        case when i.id is null then null else json_build_object('slug', i.slug, 'name', i.name) end as institution,
        j.created_at as "createdAt", extract(epoch from durable.now_() - j.created_at)::float8 * 1000 as "ageMs", j.started_at as "startedAt", j.ended_at as "endedAt", j.retry_of as "retryOf", j.reason
      from durable.jobs j
      left join institutions i on i.id::text = j.institution
      where j.id = ${id}`);
    if (row === undefined) throw new AppError("NOT_FOUND", "There is no such run of a function");
    const timeline = await tx.execute(sql`
      select at, kind, label as step, attempt, owner as worker, extract(epoch from at - started_at)::float8 * 1000 as "tookMs", detail as error
      from durable.history where run_id = ${id} order by id limit 2000`);
    const now = await tx.execute(sql`
      select q.kind, s.op, s.label as step, case when s.op = 'WaitForEvent' then s.name end as event, q.attempt, q.run_at as "dueAt", q.owner as worker, q.leased_at as since,
        case when q.lease is not null then extract(epoch from durable.now_() - q.beat_at)::float8 * 1000 end as "heartbeatAgeMs"
      from durable.queue q left join durable.steps s on s.run_id = q.run_id and s.step_id = q.step_id
      where q.run_id = ${id} order by q.run_at, q.id`);
    return { ...jobRow(row), timeline: z.array(Event).parse([...timeline]), now: z.array(Now).parse([...now]) };
  });
}

const Event = z.object({
  at: z.coerce.date(),
  kind: z.string(),
  step: z.string().nullable(),
  attempt: z.number().nullable(),
  worker: z.string().nullable(),
  tookMs: z.number().nullable(),
  error: z.object({ name: z.string().optional(), message: z.string().optional(), at: z.string().optional() }).nullable(),
});

const Now = z.object({
  kind: z.string(),
  op: z.string().nullable(),
  step: z.string().nullable(),
  event: z.string().nullable(),
  attempt: z.number(),
  dueAt: z.coerce.date(),
  worker: z.string().nullable(),
  since: z.coerce.date().nullable(),
  heartbeatAgeMs: z.number().nullable(),
});
