import { randomUUID } from "node:crypto";
import type { Sql } from "postgres";
import { eventually } from "@/tests/conformance/eventually";

export interface Job {
  readonly id: string;
  readonly status: string;
  readonly output: unknown;
  readonly error: { name: string; message: string } | null;
  readonly retry_of: string | null;
  readonly reason: string | null;
}

/** Sends an event about something new, and says what. */
export async function send(sql: Sql, name: string, data: Record<string, unknown> = {}): Promise<string> {
  const about = randomUUID();
  await sql`select durable.emit(${name}::text, ${JSON.stringify({ about, ...data })}::text::jsonb)`;
  return about;
}

export async function jobsAbout(sql: Sql, about: string): Promise<Job[]> {
  return sql<Job[]>`
    select id, status, output, error, retry_of, reason from durable.jobs where events -> 0 -> 'data' ->> 'about' = ${about} order by age`;
}

/** The run about something, once it has this status. */
export function jobIn(sql: Sql, status: string, of: { about: string }): Promise<Job> {
  return eventually(`${status} run`, async () => (await jobsAbout(sql, of.about)).find((job) => job.status === status));
}

/** How often each body ran. */
export async function executions(sql: Sql, about: string): Promise<Record<string, number>> {
  const rows = await sql<{ label: string; n: number }[]>`
    select label, count(*)::int as n from marks where about = ${about} group by label order by label`;
  return Object.fromEntries(rows.map((row) => [row.label, row.n]));
}

/** The kinds of what happened to a run, in order. */
export async function historyOf(sql: Sql, job: string): Promise<{ kind: string; owner: string | null; attempt: number | null }[]> {
  return sql<{ kind: string; owner: string | null; attempt: number | null }[]>`
    select kind, owner, attempt from durable.history where run_id = ${job} order by id`;
}

/** The results that were recorded for the run's steps, in the order in which `steady` returns them. */
export async function recorded(sql: Sql, job: string): Promise<unknown[]> {
  const rows = await sql<{ data: string }[]>`
    select result ->> 'data' as data from durable.steps where run_id = ${job}
    order by array_position(array['first', 'left', 'right', 'last'], label)`;
  return rows.map((row) => row.data);
}

/**
 * A run whose first step takes `ms`, with how often each body ran. A machine that lets no worker's heart beat for a whole lease has
 * taken the run over rightly: such a try counts for nothing, and five of them are no accident.
 */
export async function undisturbedRun(sql: Sql, ms: number): Promise<{ job: Job; ran: Record<string, number> }> {
  for (let tries = 1; ; tries += 1) {
    const about = await send(sql, "faults/steady", { ms });
    const job = await jobIn(sql, "completed", { about });
    const isDisturbed = (await historyOf(sql, job.id)).some((entry) => entry.kind === "lease.expired");
    if (!isDisturbed || tries === 5) return { job, ran: await executions(sql, about) };
  }
}
