import { sql } from "drizzle-orm";
import { bigint, integer, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { accounts } from "./auth";
import { institutions } from "./tenancy";

/** How long an institution keeps what it need not keep for ever, in days. Null: as everybody. */
export const institutionRetention = pgTable("institution_retention", {
  institutionId: integer("institution_id")
    .primaryKey()
    .references(() => institutions.id),
  filesDays: integer("files_days"),
  detailDays: integer("detail_days"),
  historyDays: integer("history_days"),
  mailDays: integer("mail_days"),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  updatedBy: integer("updated_by").references(() => accounts.id),
});

/** An institution as one file, for its owners. */
export const institutionExports = pgTable("institution_exports", {
  id: uuid("id").primaryKey().default(sql`uuidv7()`),
  institutionId: integer("institution_id")
    .notNull()
    .references(() => institutions.id),
  state: text("state", { enum: ["queued", "working", "ready", "failed", "removed"] }).notNull(),
  requestedBy: integer("requested_by").references(() => accounts.id),
  requestedAt: timestamp("requested_at", { withTimezone: true }).notNull().defaultNow(),
  objectKey: text("object_key"),
  bytes: bigint("bytes", { mode: "number" }),
  rows: jsonb("rows").$type<Record<string, number>>().notNull().default({}),
  finishedAt: timestamp("finished_at", { withTimezone: true }),
  expiresAt: timestamp("expires_at", { withTimezone: true }),
  reason: text("reason"),
});

/** An owner wants the institution gone; somebody else of the vendor agrees; after two weeks in which it can be stopped, it goes. */
export const deletionRequests = pgTable("deletion_requests", {
  id: uuid("id").primaryKey().default(sql`uuidv7()`),
  institutionId: integer("institution_id")
    .notNull()
    .references(() => institutions.id),
  state: text("state", { enum: ["requested", "approved", "rejected", "cancelled", "purging"] }).notNull(),
  reason: text("reason").notNull(),
  requestedBy: integer("requested_by")
    .notNull()
    .references(() => accounts.id),
  requestedAt: timestamp("requested_at", { withTimezone: true }).notNull().defaultNow(),
  decidedBy: integer("decided_by").references(() => accounts.id),
  decidedAt: timestamp("decided_at", { withTimezone: true }),
  decisionNote: text("decision_note"),
  dueAt: timestamp("due_at", { withTimezone: true }),
  endedBy: integer("ended_by").references(() => accounts.id),
  endedAt: timestamp("ended_at", { withTimezone: true }),
  certificateId: uuid("certificate_id"),
});

/** What remains of an institution that was deleted. No person is in it. */
export const deletionCertificates = pgTable("deletion_certificates", {
  id: uuid("id").primaryKey().default(sql`uuidv7()`),
  institution: integer("institution").notNull(),
  auditSeq: integer("audit_seq").notNull(),
  auditHash: text("audit_hash").notNull(),
  body: text("body").notNull(),
  signature: text("signature"),
  linkDigest: text("link_digest").notNull().unique(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  finishedAt: timestamp("finished_at", { withTimezone: true }),
});
