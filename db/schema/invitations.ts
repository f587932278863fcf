import { sql } from "drizzle-orm";
import { integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { accounts } from "./auth";
import { institutions } from "./tenancy";

/** A person asked by mail to belong to an institution, in a role. A link works once, for seven days; a newer one ends it. */
export const invitations = pgTable("invitations", {
  id: uuid("id").primaryKey().default(sql`uuidv7()`),
  institutionId: integer("institution_id")
    .notNull()
    .references(() => institutions.id),
  kind: text("kind", { enum: ["member", "institution"] }).notNull(),
  email: text("email").notNull(),
  role: text("role", { enum: ["owner", "admin", "reviewer", "viewer"] }).notNull(),
  tokenDigest: text("token_digest").notNull().unique(),
  invitedBy: integer("invited_by").references(() => accounts.id),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
  usedAt: timestamp("used_at", { withTimezone: true }),
  accountId: integer("account_id").references(() => accounts.id),
  revokedAt: timestamp("revoked_at", { withTimezone: true }),
});
