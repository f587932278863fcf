import { sql } from "drizzle-orm";
import { bigint, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { accounts } from "./auth";
import type { Json } from "./json";
import { institutions } from "./tenancy";

/** A configured source of one institution. */
export const feeds = pgTable("feeds", {
  id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
  institutionId: integer("institution_id")
    .notNull()
    .references(() => institutions.id),
  name: text("name").notNull(),
  source: text("source").notNull(),
  draftVersion: integer("draft_version").notNull().default(1),
  productionVersion: integer("production_version"),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  createdBy: integer("created_by").references(() => accounts.id),
  disabledAt: timestamp("disabled_at", { withTimezone: true }),
});

/** One version of what a feed says about reading and holding. Never changed: a change is the next version. */
export const feedSettings = pgTable(
  "feed_settings",
  {
    institutionId: integer("institution_id").notNull(),
    feedId: integer("feed_id").notNull(),
    version: integer("version").notNull(),
    reading: jsonb("reading").$type<Json>().notNull().default({ modes: {}, encoding: null, dateOrder: null }),
    limits: jsonb("limits").$type<Json>().notNull().default({}),
    mails: jsonb("mails").$type<Json>().notNull().default({}),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
    createdBy: integer("created_by").references(() => accounts.id),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.feedId, table.version] })],
);

/** One arrival of a feed's data; immutable once `ready`. `digest` is of the original bytes, which are not kept. */
export const deliveries = pgTable("deliveries", {
  id: uuid("id").primaryKey().default(sql`uuidv7()`),
  institutionId: integer("institution_id").notNull(),
  feedId: integer("feed_id").notNull(),
  state: text("state", { enum: ["open", "ready", "cancelled", "refused"] }).notNull(),
  door: text("door", { enum: ["upload", "command"] }).notNull(),
  packageName: text("package_name"),
  digest: text("digest"),
  bytes: bigint("bytes", { mode: "number" }).notNull().default(0),
  issues: jsonb("issues").$type<Json>().notNull().default([]),
  begunAt: timestamp("begun_at", { withTimezone: true }).notNull().defaultNow(),
  begunBy: integer("begun_by").references(() => accounts.id),
  finishedAt: timestamp("finished_at", { withTimezone: true }),
  filesRemovedAt: timestamp("files_removed_at", { withTimezone: true }),
});

/** A file of a delivery. While the delivery is open: what arrives; once it is ready: what was kept, scrubbed and sealed. */
export const deliveryFiles = pgTable(
  "delivery_files",
  {
    institutionId: integer("institution_id").notNull(),
    deliveryId: uuid("delivery_id").notNull(),
    name: text("name").notNull(),
    role: text("role", { enum: ["arriving", "kept"] }).notNull(),
    declaredBytes: bigint("declared_bytes", { mode: "number" }),
    bytes: bigint("bytes", { mode: "number" }).notNull().default(0),
    digest: text("digest"),
    objectKey: text("object_key").notNull(),
    emptied: jsonb("emptied").$type<Json>().notNull().default({}),
    finishedAt: timestamp("finished_at", { withTimezone: true }),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.deliveryId, table.role, table.name] })],
);
