import { sql } from "drizzle-orm";
import { bigint, boolean, integer, json, jsonb, pgSchema, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** The tables of the embedded executor (`server/durable`), as the Jobs page reads them; only the executor writes them. */
export const durable = pgSchema("durable");

const moment = (name: string) => timestamp(name, { withTimezone: true });

/** What happened: ids only. Written by `durable.emit` in the transaction of the change that caused it. */
export const durableEvents = durable.table("events", {
  id: text().primaryKey(),
  givenId: text("given_id"),
  name: text().notNull(),
  data: jsonb().notNull(),
  user: jsonb(),
  v: text(),
  ts: bigint({ mode: "number" }).notNull(),
  receivedAt: moment("received_at").notNull(),
  fannedOutAt: moment("fanned_out_at"),
});

export const JOB_STATUSES = ["queued", "running", "completed", "failed", "cancelled"] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** One run of one function. */
export const durableJobs = durable.table("jobs", {
  id: text().primaryKey(),
  age: bigint({ mode: "number" }).notNull().generatedAlwaysAsIdentity(),
  fnId: text("fn_id").notNull(),
  status: text({ enum: JOB_STATUSES }).notNull(),
  events: jsonb().notNull(),
  institution: text().generatedAlwaysAs(
    sql`coalesce(events -> 0 -> 'data' ->> 'institutionId', events -> 0 -> 'data' -> 'event' -> 'data' ->> 'institutionId')`,
  ),
  ckeys: text().array().notNull(),
  climits: integer().array().notNull(),
  parentRun: text("parent_run"),
  parentStep: text("parent_step"),
  retryOf: text("retry_of"),
  reason: text(),
  askedBy: text("asked_by"),
  output: json(),
  error: json(),
  createdAt: moment("created_at").notNull(),
  startedAt: moment("started_at"),
  endedAt: moment("ended_at"),
});

/** One step of one run. */
export const durableSteps = durable.table(
  "steps",
  {
    runId: text("run_id").notNull(),
    stepId: text("step_id").notNull(),
    op: text().notNull(),
    name: text(),
    label: text(),
    status: text({ enum: ["pending", "done"] }).notNull(),
    race: boolean().notNull(),
    result: json(),
    seq: bigint({ mode: "number" }),
    plannedAt: moment("planned_at").notNull(),
    doneAt: moment("done_at"),
  },
  (table) => [primaryKey({ columns: [table.runId, table.stepId] })],
);

/** What is to be done: calls of functions under a lease, and one-transaction items. */
export const durableQueue = durable.table("queue", {
  id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  kind: text({ enum: ["exec", "timer", "event", "resume", "child", "cancel", "retry"] }).notNull(),
  runId: text("run_id"),
  stepId: text("step_id").notNull(),
  fnId: text("fn_id"),
  eventId: text("event_id"),
  age: bigint({ mode: "number" }).notNull(),
  runAt: moment("run_at").notNull(),
  attempt: integer().notNull(),
  failures: integer().notNull(),
  lease: uuid(),
  leaseUntil: moment("lease_until"),
  leasedAt: moment("leased_at"),
  beatAt: moment("beat_at"),
  owner: text(),
  dirty: boolean().notNull(),
  lastError: jsonb("last_error"),
});

/** Who waits for which event until when. */
export const durableWaits = durable.table(
  "waits",
  {
    runId: text("run_id").notNull(),
    stepId: text("step_id").notNull(),
    event: text().notNull(),
    expression: text(),
    expiresAt: moment("expires_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.stepId] })],
);

/** What happened to a run, for people. */
export const durableHistory = durable.table("history", {
  id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  runId: text("run_id").notNull(),
  at: moment("at").notNull(),
  kind: text().notNull(),
  stepId: text("step_id").notNull(),
  label: text(),
  attempt: integer(),
  owner: text(),
  startedAt: moment("started_at"),
  detail: jsonb(),
});
