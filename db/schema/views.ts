import { sql } from "drizzle-orm";
import { integer, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { accounts } from "./auth";
import { institutions } from "./tenancy";

/** A person of the vendor looks at an institution as its people see it: read-only, for a reason, for half an hour at most. */
export const views = pgTable("views", {
  id: uuid("id").primaryKey().default(sql`uuidv7()`),
  institutionId: integer("institution_id")
    .notNull()
    .references(() => institutions.id),
  accountId: integer("account_id")
    .notNull()
    .references(() => accounts.id),
  staffSessionId: uuid("staff_session_id").notNull(),
  reason: text("reason").notNull(),
  startedAt: timestamp("started_at", { withTimezone: true }).notNull().defaultNow(),
  expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
  endedAt: timestamp("ended_at", { withTimezone: true }),
  rosterReadAt: timestamp("roster_read_at", { withTimezone: true }),
});
