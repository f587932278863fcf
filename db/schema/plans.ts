import { bigint, boolean, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { accounts } from "./auth";
import type { Json } from "./json";

/** What a version cannot say of a change: why, and what it drags along. A change without a row here was simply listed in the file. */
export const changes = pgTable(
  "changes",
  {
    institutionId: integer("institution_id").notNull(),
    runId: uuid("run_id").notNull(),
    entity: text("entity").notNull(),
    sourceKey: text("source_key").notNull(),
    reason: text("reason").notNull(),
    detail: jsonb("detail").$type<Json>().notNull().default({}),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.runId, table.entity, table.sourceKey] })],
);

/** Changes that are off. Everything else in the plan is on. Off at one selection version, perhaps on again at a later one. cause: person (unticked), before (refused earlier, came back identical), follows (cannot stand without one that is off), named (still named by rows that stay). */
export const leftOut = pgTable(
  "left_out",
  {
    institutionId: integer("institution_id").notNull(),
    runId: uuid("run_id").notNull(),
    entity: text("entity").notNull(),
    sourceKey: text("source_key").notNull(),
    action: text("action").notNull(),
    part: text("part"),
    cause: text("cause", { enum: ["person", "before", "follows", "named"] }).notNull(),
    detail: jsonb("detail").$type<Json>().notNull().default({}),
    offAt: integer("off_at").notNull(),
    onAt: integer("on_at"),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.runId, table.entity, table.sourceKey, table.offAt] })],
);

/** Each act of choosing, in order: whose, about which changes, on or off. */
export const choices = pgTable(
  "choices",
  {
    institutionId: integer("institution_id").notNull(),
    runId: uuid("run_id").notNull(),
    version: integer("version").notNull(),
    scope: jsonb("scope").$type<Json>().notNull(),
    isOn: boolean("is_on").notNull(),
    changed: bigint("changed", { mode: "number" }).notNull(),
    accountId: integer("account_id").references(() => accounts.id),
    at: timestamp("at", { withTimezone: true }).notNull().defaultNow(),
    undoneAt: timestamp("undone_at", { withTimezone: true }),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.runId, table.version] })],
);

/** A change that somebody refused: when it comes back with the same digest it is off and says so. */
export const refusals = pgTable(
  "refusals",
  {
    institutionId: integer("institution_id").notNull(),
    environmentId: integer("environment_id").notNull(),
    feedId: integer("feed_id").notNull(),
    entity: text("entity").notNull(),
    sourceKey: text("source_key").notNull(),
    action: text("action").notNull(),
    digest: uuid("digest").notNull(),
    runId: uuid("run_id").notNull(),
    accountId: integer("account_id").references(() => accounts.id),
    at: timestamp("at", { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.environmentId, table.feedId, table.entity, table.sourceKey] })],
);

/** A person's word to commit, discard or take a hold's exit; jobs read it, since an event may pass before anyone waits for it. */
export const decisions = pgTable("decisions", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  institutionId: integer("institution_id").notNull(),
  runId: uuid("run_id").notNull(),
  verb: text("verb", { enum: ["commit", "discard"] }).notNull(),
  selectionVersion: integer("selection_version").notNull(),
  accountId: integer("account_id").references(() => accounts.id),
  at: timestamp("at", { withTimezone: true }).notNull().defaultNow(),
});
