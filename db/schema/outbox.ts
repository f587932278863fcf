import { sql } from "drizzle-orm";
import { integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { institutions } from "./tenancy";

/** Mails to be sent, written in the transaction of what they announce. Sign-in mails belong to no institution, so this table has none. */
export const mails = pgTable("mails", {
  id: uuid("id").primaryKey().default(sql`uuidv7()`),
  runId: uuid("run_id"),
  ofInstitution: integer("of_institution").references(() => institutions.id),
  kind: text("kind").notNull(),
  recipient: text("recipient").notNull(),
  subject: text("subject").notNull(),
  html: text("html").notNull(),
  text: text("text").notNull(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  sentAt: timestamp("sent_at", { withTimezone: true }),
  attempts: integer("attempts").notNull().default(0),
  nextTryAt: timestamp("next_try_at", { withTimezone: true }).notNull().defaultNow(),
  lastError: text("last_error"),
});
