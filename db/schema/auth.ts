import { sql } from "drizzle-orm";
import { bigint, integer, pgTable, text, timestamp, uuid, varchar } from "drizzle-orm/pg-core";
import { institutions } from "./tenancy";

/** A person who signs in. */
export const accounts = pgTable("accounts", {
  id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
  email: text("email").notNull().unique(),
  name: text("name"),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  disabledAt: timestamp("disabled_at", { withTimezone: true }),
});

/** An account in an institution, with its role. */
export const members = pgTable("members", {
  id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
  institutionId: integer("institution_id")
    .notNull()
    .references(() => institutions.id),
  accountId: integer("account_id")
    .notNull()
    .references(() => accounts.id),
  role: text("role", { enum: ["owner", "admin", "reviewer", "viewer"] }).notNull(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  removedAt: timestamp("removed_at", { withTimezone: true }),
});

/** An account of the vendor, with its role. */
export const staff = pgTable("staff", {
  accountId: integer("account_id")
    .primaryKey()
    .references(() => accounts.id),
  role: text("role", { enum: ["admin", "approver", "support"] }).notNull(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  removedAt: timestamp("removed_at", { withTimezone: true }),
});

/** One signed-in browser; revoked or expired, it ends at the next request. */
export const sessions = pgTable("sessions", {
  id: uuid("id").primaryKey().default(sql`uuidv7()`),
  accountId: integer("account_id")
    .notNull()
    .references(() => accounts.id),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  seenAt: timestamp("seen_at", { withTimezone: true }).notNull().defaultNow(),
  expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
  revokedAt: timestamp("revoked_at", { withTimezone: true }),
  browser: text("browser"),
});

/** One request to sign in: a link and a code that end together, after one use or ten minutes. */
export const signIns = pgTable("sign_ins", {
  id: uuid("id").primaryKey().default(sql`uuidv7()`),
  email: text("email").notNull(),
  accountId: integer("account_id").references(() => accounts.id),
  linkDigest: text("link_digest").notNull().unique(),
  codeDigest: text("code_digest").notNull(),
  browserDigest: text("browser_digest"),
  wrongCodes: integer("wrong_codes").notNull().default(0),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
  usedAt: timestamp("used_at", { withTimezone: true }),
  replacedAt: timestamp("replaced_at", { withTimezone: true }),
});

/** How often something was tried in a window of time. */
export const rateLimits = pgTable("rate_limits", {
  key: varchar("key", { length: 255 }).primaryKey(),
  points: integer("points").notNull().default(0),
  expire: bigint("expire", { mode: "number" }),
});
