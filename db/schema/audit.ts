import { bigint, integer, jsonb, pgTable, primaryKey, text, timestamp } from "drizzle-orm/pg-core";
import { accounts } from "./auth";
import type { Json } from "./json";
import { institutions } from "./tenancy";

/** Who did what, appended and never changed. */
export const audit = pgTable("audit", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  institutionId: integer("institution_id")
    .notNull()
    .references(() => institutions.id),
  at: timestamp("at", { withTimezone: true }).notNull().defaultNow(),
  accountId: integer("account_id").references(() => accounts.id),
  actor: text("actor", { enum: ["member", "staff", "command", "handOff", "system"] }).notNull(),
  verb: text("verb").notNull(),
  subject: text("subject").notNull(),
  detail: jsonb("detail").$type<Json>().notNull().default({}),
});

/** An entry's place in its institution's chain; written by the database itself and by nobody else. */
export const auditChain = pgTable(
  "audit_chain",
  {
    institutionId: integer("institution_id")
      .notNull()
      .references(() => institutions.id),
    seq: integer("seq").notNull(),
    auditId: bigint("audit_id", { mode: "number" }).notNull(),
    previous: text("previous").notNull(),
    hash: text("hash").notNull(),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.seq] })],
);

/** Where the chain of an institution ends. */
export const auditHeads = pgTable("audit_heads", {
  institutionId: integer("institution_id")
    .primaryKey()
    .references(() => institutions.id),
  seq: integer("seq").notNull(),
  hash: text("hash").notNull(),
});

/** Where a chain ended on a day on which every entry up to there was found to be as it was written. */
export const auditAnchors = pgTable(
  "audit_anchors",
  {
    institutionId: integer("institution_id")
      .notNull()
      .references(() => institutions.id),
    seq: integer("seq").notNull(),
    hash: text("hash").notNull(),
    auditId: bigint("audit_id", { mode: "number" }).notNull(),
    at: timestamp("at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.seq] })],
);
