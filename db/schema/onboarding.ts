import { sql } from "drizzle-orm";
import { date, integer, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { accounts } from "./auth";
import { institutions } from "./tenancy";

/** Somebody who wants to be an institution's first owner and has not yet shown that the address is theirs. */
export const signUps = pgTable("sign_ups", {
  id: uuid("id").primaryKey().default(sql`uuidv7()`),
  email: text("email").notNull(),
  name: text("name").notNull(),
  institutionName: text("institution_name").notNull(),
  timeZone: text("time_zone").notNull(),
  tokenDigest: text("token_digest").notNull().unique(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
  usedAt: timestamp("used_at", { withTimezone: true }),
});

/** What people agreed about one of the seven steps to Production: who does it, and by when. Whether it is done is never stored. */
export const stepPlans = pgTable(
  "step_plans",
  {
    institutionId: integer("institution_id")
      .notNull()
      .references(() => institutions.id),
    step: text("step", { enum: ["data", "access", "call", "preview", "verify", "production", "confirm"] }).notNull(),
    owner: text("owner"),
    dueOn: date("due_on"),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
    updatedBy: integer("updated_by").references(() => accounts.id),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.step] })],
);

/** One step of connecting a feed, handed to somebody who is no member. */
export const handOffs = pgTable("hand_offs", {
  id: uuid("id").primaryKey().default(sql`uuidv7()`),
  institutionId: integer("institution_id").notNull(),
  feedId: integer("feed_id").notNull(),
  email: text("email").notNull(),
  note: text("note").notNull().default(""),
  tokenDigest: text("token_digest").notNull().unique(),
  deliveryId: uuid("delivery_id"),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  createdBy: integer("created_by").references(() => accounts.id),
  expiresAt: timestamp("expires_at", { withTimezone: true }).notNull(),
  doneAt: timestamp("done_at", { withTimezone: true }),
  endedAt: timestamp("ended_at", { withTimezone: true }),
});

/** What was typed in to connect a feed, one row for each field of its source; of a secret `sealed`, which is never shown again. */
export const feedFields = pgTable(
  "feed_fields",
  {
    institutionId: integer("institution_id").notNull(),
    feedId: integer("feed_id").notNull(),
    field: text("field").notNull(),
    value: text("value"),
    sealed: text("sealed"),
    fingerprint: text("fingerprint"),
    workedAt: timestamp("worked_at", { withTimezone: true }),
    previousSealed: text("previous_sealed"),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
    updatedBy: integer("updated_by").references(() => accounts.id),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.feedId, table.field] })],
);
