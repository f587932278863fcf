import { sql } from "drizzle-orm";
import { boolean, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { accounts } from "./auth";
import type { Json } from "./json";
import { institutions } from "./tenancy";

/** What welcome mails of an institution say, to whom they go, and how fast. */
export const welcomeSettings = pgTable("welcome_settings", {
  institutionId: integer("institution_id")
    .primaryKey()
    .references(() => institutions.id),
  parts: text("parts").array().notNull(),
  subject: text("subject").notNull(),
  body: text("body").notNull(),
  alsoReturning: boolean("also_returning").notNull(),
  waveSize: integer("wave_size").notNull(),
  waveMinutes: integer("wave_minutes").notNull(),
  holdAbove: integer("hold_above").notNull(),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  updatedBy: integer("updated_by").references(() => accounts.id),
});

/** The welcome mails that one commit makes due, or in Preview would have. */
export const welcomeBatches = pgTable("welcome_batches", {
  id: uuid("id").primaryKey().default(sql`uuidv7()`),
  institutionId: integer("institution_id")
    .notNull()
    .references(() => institutions.id),
  runId: uuid("run_id").notNull(),
  environmentId: integer("environment_id").notNull(),
  bucket: integer("bucket").notNull(),
  seq: integer("seq").notNull(),
  feeds: integer("feeds").array().notNull(),
  state: text("state", { enum: ["counting", "simulated", "nothing", "held", "sending", "paused", "cancelled", "done"] }).notNull(),
  afterLine: integer("after_line"),
  mails: integer("mails").notNull().default(0),
  withoutAddress: integer("without_address").notNull().default(0),
  reasons: jsonb("reasons").$type<Json>().notNull().default([]),
  nextWaveAt: timestamp("next_wave_at", { withTimezone: true }),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  decidedBy: integer("decided_by").references(() => accounts.id),
  endedAt: timestamp("ended_at", { withTimezone: true }),
  endedReason: text("ended_reason"),
});

/** Who is written to, once ever, by id alone: names and addresses are read from the roster when the mail is written. */
export const welcomeMails = pgTable(
  "welcome_mails",
  {
    institutionId: integer("institution_id")
      .notNull()
      .references(() => institutions.id),
    sourcedId: text("sourced_id").notNull(),
    batchId: uuid("batch_id").notNull(),
    line: integer("line").notNull(),
    state: text("state", { enum: ["waiting", "handed", "left", "cancelled"] }).notNull(),
    reason: text("reason"),
    mailId: uuid("mail_id"),
    handedAt: timestamp("handed_at", { withTimezone: true }),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.sourcedId] })],
);

/** Which kinds of mail a member asked for or did not want. Without a row the kind's default for the role holds. */
export const notificationChoices = pgTable(
  "notification_choices",
  {
    institutionId: integer("institution_id")
      .notNull()
      .references(() => institutions.id),
    accountId: integer("account_id")
      .notNull()
      .references(() => accounts.id),
    kind: text("kind").notNull(),
    isOn: boolean("is_on").notNull(),
    updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.accountId, table.kind] })],
);
