import { sql } from "drizzle-orm";
import { z } from "zod";
import { JOB_STATUSES, type JobStatus } from "@/db/schema/durable";
import { asVendor } from "@/server/database";

const PAGE_SIZE = 50;

export const ListJobs = z.object({
  status: z.enum(JOB_STATUSES).optional(),
  fnId: z.string().max(200).optional(),
  /** The slug of an institution. */
  institution: z.string().max(63).optional(),
  /** Only runs made longer ago than this. */
  olderThanMinutes: z.number().int().min(0).optional(),
  /** `next` of the page before. */
  after: z.number().int().positive().optional(),
});

/** One run of a function, as vendor staff see it: what it is about by id, never what it returned. */
export interface JobRow {
  readonly id: string;
  readonly fnId: string;
  readonly status: JobStatus;
  readonly trigger: string;
  readonly institution: { readonly slug: string; readonly name: string } | null;
  readonly createdAt: Date;
  /** Since it was made, by the executor's clock. */
  readonly ageMs: number;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly retryOf: string | null;
  readonly reason: string | null;
}

/** Runs of functions, newest first, 50 at a time; `next` is null on the last page. */
export async function listJobs(input: z.input<typeof ListJobs>): Promise<{ jobs: JobRow[]; next: number | null }> {
  const { status, fnId, institution, olderThanMinutes, after } = ListJobs.parse(input);
  const rows = await asVendor((tx) =>
    tx.execute<Record<string, unknown> & { age: string }>(sql`
      select j.id, j.age::text, j.fn_id as "fnId", j.status, j.events -> 0 ->> 'name' as trigger,
        case when i.id is null then null else json_build_object('slug', i.slug, 'name', i.name) end as institution,
        j.created_at as "createdAt", extract(epoch from durable.now_() - j.created_at)::float8 * 1000 as "ageMs", j.started_at as "startedAt", j.ended_at as "endedAt", j.retry_of as "retryOf", j.reason
      from durable.jobs j
      left join institutions i on i.id::text = j.institution
      where (${status ?? null}::text is null or j.status = ${status ?? null})
        and (${fnId ?? null}::text is null or j.fn_id = ${fnId ?? null})
        and (${institution ?? null}::text is null or i.slug = ${institution ?? null})
        and (${olderThanMinutes ?? null}::int is null or j.created_at < durable.now_() - ${olderThanMinutes ?? null}::int * interval '1 minute')
        and (${after ?? null}::bigint is null or j.age < ${after ?? null}::bigint)
      order by j.age desc
      limit ${PAGE_SIZE + 1}`),
  );
  const page = [...rows].slice(0, PAGE_SIZE);
  const last = page.at(-1);
  return { jobs: page.map(jobRow), next: rows.length > PAGE_SIZE && last !== undefined ? Number(last.age) : null };
}

const Row = z.object({
  id: z.string(),
  fnId: z.string(),
  status: z.enum(JOB_STATUSES),
  trigger: z.string(),
  institution: z.object({ slug: z.string(), name: z.string() }).nullable(),
  createdAt: z.coerce.date(),
  ageMs: z.number(),
  startedAt: z.coerce.date().nullable(),
  endedAt: z.coerce.date().nullable(),
  retryOf: z.string().nullable(),
  reason: z.string().nullable(),
});

export const jobRow = (row: unknown): JobRow => Row.parse(row);
