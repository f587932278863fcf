import { sql } from "drizzle-orm";
import { bigint, integer, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { accounts } from "./auth";
import type { Json } from "./json";
import { institutions } from "./tenancy";

/** One road of a Preview snapshot to Production. What is frozen is named by its seq: versions never change, so neither does it. */
export const promotions = pgTable("promotions", {
  id: uuid("id").primaryKey().default(sql`uuidv7()`),
  institutionId: integer("institution_id")
    .notNull()
    .references(() => institutions.id),
  number: integer("number").notNull(),
  state: text("state", {
    enum: [
      "draft",
      "confirmed",
      "requested",
      "changesAsked",
      "approved",
      "rejected",
      "applying",
      "live",
      "confirmedLive",
      "rolledBack",
      "superseded",
      "expired",
    ],
  }).notNull(),
  round: integer("round").notNull().default(0),
  snapshotSeq: integer("snapshot_seq"),
  settings: jsonb("settings").$type<Record<string, number>>().notNull().default({}),
  snapshotDigest: text("snapshot_digest"),
  productionSeq: integer("production_seq"),
  difference: jsonb("difference").$type<Json>(),
  checks: jsonb("checks").$type<Json>(),
  preparedAt: timestamp("prepared_at", { withTimezone: true }),
  confirmedBy: integer("confirmed_by").references(() => accounts.id),
  confirmedAt: timestamp("confirmed_at", { withTimezone: true }),
  requestedBy: integer("requested_by").references(() => accounts.id),
  requestedAt: timestamp("requested_at", { withTimezone: true }),
  expiresAt: timestamp("expires_at", { withTimezone: true }),
  decidedBy: integer("decided_by").references(() => accounts.id),
  decidedAt: timestamp("decided_at", { withTimezone: true }),
  driftRunId: uuid("drift_run_id"),
  driftDigest: text("drift_digest"),
  drift: jsonb("drift").$type<Json>(),
  runId: uuid("run_id"),
  liveAt: timestamp("live_at", { withTimezone: true }),
  liveConfirmedBy: integer("live_confirmed_by").references(() => accounts.id),
  liveConfirmedAt: timestamp("live_confirmed_at", { withTimezone: true }),
  endedAt: timestamp("ended_at", { withTimezone: true }),
  movedBy: text("moved_by", { enum: ["institution", "staff", "system"] }).notNull(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
});

/** What was said and done about a promotion, in order: a move (`state`: where it led), a comment, or both at once. */
export const promotionNotes = pgTable("promotion_notes", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  institutionId: integer("institution_id").notNull(),
  promotionId: uuid("promotion_id").notNull(),
  round: integer("round").notNull(),
  side: text("side", { enum: ["institution", "staff", "system"] }).notNull(),
  accountId: integer("account_id").references(() => accounts.id),
  state: text("state"),
  text: text("text"),
  at: timestamp("at", { withTimezone: true }).notNull().default(sql`clock_timestamp()`),
});
