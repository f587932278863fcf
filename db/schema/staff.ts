import { sql } from "drizzle-orm";
import { bigint, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { accounts } from "./auth";
import type { Json } from "./json";

/** A second factor of a person of the vendor: an app that shows time codes, or a passkey. Unconfirmed ones open nothing. */
export const staffFactors = pgTable("staff_factors", {
  id: uuid("id").primaryKey().default(sql`uuidv7()`),
  accountId: integer("account_id")
    .notNull()
    .references(() => accounts.id),
  kind: text("kind", { enum: ["totp", "passkey"] }).notNull(),
  label: text("label").notNull(),
  secret: text("secret"),
  lastStep: bigint("last_step", { mode: "number" }),
  credentialId: text("credential_id").unique(),
  publicKey: text("public_key"),
  counter: bigint("counter", { mode: "number" }).notNull().default(0),
  transports: text("transports").array().notNull().default([]),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  confirmedAt: timestamp("confirmed_at", { withTimezone: true }),
  usedAt: timestamp("used_at", { withTimezone: true }),
  removedAt: timestamp("removed_at", { withTimezone: true }),
});

/** Words for the day on which the phone is lost: each is good once, and only its digest is kept. */
export const staffRecoveryCodes = pgTable(
  "staff_recovery_codes",
  {
    accountId: integer("account_id")
      .notNull()
      .references(() => accounts.id),
    digest: text("digest").notNull(),
    usedAt: timestamp("used_at", { withTimezone: true }),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.digest] })],
);

/** What a passkey is asked to sign; one question at a time for a session, gone with its answer. */
export const staffChallenges = pgTable(
  "staff_challenges",
  {
    sessionId: uuid("session_id").notNull(),
    purpose: text("purpose", { enum: ["enrol", "enter"] }).notNull(),
    challenge: text("challenge").notNull(),
    expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.purpose] })],
);

/** A sign-in that gave its second factor: lives beside the session that it belongs to, for 12 hours, in the role of that moment. */
export const staffSessions = pgTable("staff_sessions", {
  id: uuid("id").primaryKey().default(sql`uuidv7()`),
  accountId: integer("account_id")
    .notNull()
    .references(() => accounts.id),
  sessionId: uuid("session_id").notNull(),
  tokenDigest: text("token_digest").notNull().unique(),
  role: text("role").notNull(),
  factor: text("factor", { enum: ["totp", "passkey", "recoveryCode"] }).notNull(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
  revokedAt: timestamp("revoked_at", { withTimezone: true }),
});

/** What was done about staff themselves, which is no institution's matter: appended and never changed. */
export const staffAudit = pgTable("staff_audit", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  at: timestamp("at", { withTimezone: true }).notNull().defaultNow(),
  accountId: integer("account_id").references(() => accounts.id),
  actor: text("actor", { enum: ["staff", "command"] }).notNull(),
  verb: text("verb").notNull(),
  subject: text("subject").notNull(),
  detail: jsonb("detail").$type<Json>().notNull().default({}),
});
