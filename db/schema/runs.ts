import { sql } from "drizzle-orm";
import { bigint, boolean, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { accounts } from "./auth";
import type { Json } from "./json";

/** One sync of a feed into one environment. */
export const runs = pgTable("runs", {
  id: uuid("id").primaryKey().default(sql`uuidv7()`),
  institutionId: integer("institution_id").notNull(),
  number: integer("number").notNull(),
  environmentId: integer("environment_id").notNull(),
  feedId: integer("feed_id").notNull(),
  deliveryId: uuid("delivery_id").notNull(),
  kind: text("kind", { enum: ["full", "quick"] }).notNull(),
  trigger: text("trigger", { enum: ["person", "command", "arrival", "schedule", "again", "undo", "promotion"] }).notNull(),
  autoCommit: boolean("auto_commit").notNull().default(false),
  schools: text("schools").array(),
  settingsVersion: integer("settings_version").notNull(),
  state: text("state", {
    enum: [
      "queued",
      "collecting",
      "loading",
      "checking",
      "comparing",
      "ready",
      "held",
      "committing",
      "committed",
      "discarded",
      "superseded",
      "setAside",
      "expired",
      "failed",
      "ignored",
    ],
  }).notNull(),
  reason: text("reason"),
  reasonCode: text("reason_code"),
  baseSeq: integer("base_seq"),
  counts: jsonb("counts").$type<Json>().notNull().default({}),
  verdict: jsonb("verdict").$type<Json>(),
  override: jsonb("override").$type<Json>(),
  selectionVersion: integer("selection_version").notNull().default(0),
  fence: bigint("fence", { mode: "number" }),
  againOf: uuid("again_of"),
  undoOf: uuid("undo_of"),
  undoReason: text("undo_reason"),
  allFeeds: boolean("all_feeds").notNull().default(false),
  acceptedDigest: text("accepted_digest"),
  startedBy: integer("started_by").references(() => accounts.id),
  decidedBy: integer("decided_by").references(() => accounts.id),
  commitSeq: integer("commit_seq"),
  rulesVersion: text("rules_version"),
  cancelRequestedAt: timestamp("cancel_requested_at", { withTimezone: true }),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  startedAt: timestamp("started_at", { withTimezone: true }),
  heartbeatAt: timestamp("heartbeat_at", { withTimezone: true }),
  preparedAt: timestamp("prepared_at", { withTimezone: true }),
  touchedAt: timestamp("touched_at", { withTimezone: true }),
  endedAt: timestamp("ended_at", { withTimezone: true }),
  detailRemovedAt: timestamp("detail_removed_at", { withTimezone: true }),
});

/** The deliveries that a run takes, oldest first: one bulk delivery, or every delta since the last committed one. */
export const runDeliveries = pgTable(
  "run_deliveries",
  {
    institutionId: integer("institution_id").notNull(),
    runId: uuid("run_id").notNull(),
    position: integer("position").notNull(),
    deliveryId: uuid("delivery_id").notNull(),
    dropped: boolean("dropped").notNull().default(false),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.runId, table.position] })],
);

/** What a phase has done so far, written by the step that does it. */
export const runProgress = pgTable(
  "run_progress",
  {
    institutionId: integer("institution_id").notNull(),
    runId: uuid("run_id").notNull(),
    phase: text("phase").notNull(),
    item: text("item").notNull().default(""),
    done: bigint("done", { mode: "number" }).notNull().default(0),
    expected: bigint("expected", { mode: "number" }),
    startedAt: timestamp("started_at", { withTimezone: true }).notNull().default(sql`clock_timestamp()`),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().default(sql`clock_timestamp()`),
    endedAt: timestamp("ended_at", { withTimezone: true }),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.runId, table.phase, table.item] })],
);

/** The tie-out of one file: where each row that was read went. */
export const runFiles = pgTable(
  "run_files",
  {
    institutionId: integer("institution_id").notNull(),
    runId: uuid("run_id").notNull(),
    position: integer("position").notNull(),
    name: text("name").notNull(),
    entity: text("entity"),
    mode: text("mode", { enum: ["bulk", "delta", "undecided", "absent"] }).notNull(),
    bytes: bigint("bytes", { mode: "number" }).notNull(),
    encoding: text("encoding"),
    digest: text("digest"),
    rows: bigint("rows", { mode: "number" }),
    mergedInto: text("merged_into"),
    counts: jsonb("counts").$type<Json>().notNull().default({}),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.runId, table.position, table.name] })],
);

/** The tie-out of one school and entity; school_key '' stands for rows of no school. */
export const runSchools = pgTable(
  "run_schools",
  {
    institutionId: integer("institution_id").notNull(),
    runId: uuid("run_id").notNull(),
    schoolKey: text("school_key").notNull(),
    schoolName: text("school_name"),
    entity: text("entity").notNull(),
    counts: jsonb("counts").$type<Json>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.runId, table.schoolKey, table.entity] })],
);

/** Findings about data. Totals by code stand in run_issue_totals; rows here may be fewer (the store's limit), never wrong. */
export const issues = pgTable("issues", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  institutionId: integer("institution_id").notNull(),
  runId: uuid("run_id").notNull(),
  position: integer("position").notNull().default(1),
  severity: text("severity", { enum: ["refusal", "error", "warning"] }).notNull(),
  code: text("code").notNull(),
  entity: text("entity"),
  sourceKey: text("source_key"),
  file: text("file").notNull(),
  line: integer("line"),
  columnName: text("column_name"),
  seen: text("seen"),
  detail: text("detail").notNull(),
  schoolKey: text("school_key"),
  rowLine: integer("row_line"),
  outcome: text("outcome", { enum: ["rejected", "ignored"] }),
});

/**  */
export const runIssueTotals = pgTable(
  "run_issue_totals",
  {
    institutionId: integer("institution_id").notNull(),
    runId: uuid("run_id").notNull(),
    severity: text("severity").notNull(),
    code: text("code").notNull(),
    entity: text("entity").notNull().default(""),
    total: bigint("total", { mode: "number" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.runId, table.severity, table.code, table.entity] })],
);
