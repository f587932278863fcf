import { bigint, integer, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import type { Json } from "./json";

/** A tenant: a district, school or college. */
export const institutions = pgTable("institutions", {
  id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
  slug: text("slug").notNull().unique(),
  name: text("name").notNull(),
  timeZone: text("time_zone").notNull(),
  helpContact: text("help_contact"),
  labels: jsonb("labels").$type<Json>().notNull().default({}),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  disabledAt: timestamp("disabled_at", { withTimezone: true }),
});

/** A roster of an institution: Preview or Production, and how far it is committed. */
export const environments = pgTable("environments", {
  id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
  institutionId: integer("institution_id")
    .notNull()
    .references(() => institutions.id),
  name: text("name", { enum: ["preview", "production"] }).notNull(),
  headSeq: integer("head_seq").notNull().default(0),
  bucket: integer("bucket").notNull(),
  committedAt: timestamp("committed_at", { withTimezone: true }),
  counts: jsonb("counts").$type<Json>().notNull().default({}),
  automaticAt: timestamp("automatic_at", { withTimezone: true }),
  pausedAt: timestamp("paused_at", { withTimezone: true }),
  pausedBy: integer("paused_by"),
  pausedReason: text("paused_reason"),
  historyFromSeq: integer("history_from_seq").notNull().default(0),
  historyRemovedSeq: integer("history_removed_seq").notNull().default(0),
});

/** A row of its own, so that taking the fence `for share` makes nothing else wait. */
export const environmentLeases = pgTable("environment_leases", {
  environmentId: integer("environment_id").primaryKey(),
  institutionId: integer("institution_id").notNull(),
  fence: bigint("fence", { mode: "number" }).notNull().default(0),
  holder: text("holder"),
});
