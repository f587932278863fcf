import { bigint, integer, pgTable, primaryKey, text, timestamp } from "drizzle-orm/pg-core";
import { accounts } from "./auth";
import { institutions } from "./tenancy";

/** What an institution may send and how much of it waits for a person. Null: as everybody's. */
export const institutionLimits = pgTable("institution_limits", {
  institutionId: integer("institution_id")
    .primaryKey()
    .references(() => institutions.id),
  rowsMax: integer("rows_max"),
  filesMax: integer("files_max"),
  fileBytesMax: bigint("file_bytes_max", { mode: "number" }),
  runsMax: integer("runs_max"),
  archivePercent: integer("archive_percent"),
  editPercent: integer("edit_percent"),
  errorPercent: integer("error_percent"),
  filesDaysMax: integer("files_days_max"),
  detailDaysMax: integer("detail_days_max"),
  historyDaysMax: integer("history_days_max"),
  mailDaysMax: integer("mail_days_max"),
  mailsPerHour: integer("mails_per_hour"),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  updatedBy: integer("updated_by").references(() => accounts.id),
});

/** Who of the vendor looks after an institution; nobody without a row. */
export const institutionOwners = pgTable("institution_owners", {
  institutionId: integer("institution_id")
    .primaryKey()
    .references(() => institutions.id),
  accountId: integer("account_id")
    .notNull()
    .references(() => accounts.id),
  since: timestamp("since", { withTimezone: true }).notNull().defaultNow(),
});

/** What the vendor's people write down about an institution for each other; appended and never changed. */
export const institutionNotes = pgTable("institution_notes", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  institutionId: integer("institution_id")
    .notNull()
    .references(() => institutions.id),
  at: timestamp("at", { withTimezone: true }).notNull().defaultNow(),
  accountId: integer("account_id")
    .notNull()
    .references(() => accounts.id),
  text: text("text").notNull(),
});

/** Whether the portal is one school or many. Without a row it is many, and every school is synced. */
export const organizationModes = pgTable("organization_modes", {
  institutionId: integer("institution_id")
    .primaryKey()
    .references(() => institutions.id),
  mode: text("mode", { enum: ["single", "multi"] }).notNull(),
  schoolKey: text("school_key"),
  updatedAt: timestamp("updated_at", { withTimezone: true }).notNull().defaultNow(),
  updatedBy: integer("updated_by").references(() => accounts.id),
});

/** A part of the institution to which schools of its rosters belong, in both environments. */
export const organizations = pgTable("organizations", {
  id: integer("id").primaryKey().generatedAlwaysAsIdentity(),
  institutionId: integer("institution_id")
    .notNull()
    .references(() => institutions.id),
  name: text("name").notNull(),
  parentId: integer("parent_id"),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  createdBy: integer("created_by").references(() => accounts.id),
});

/** To which organization a school (or a district above it) of the rosters belongs, by its source key. */
export const organizationSchools = pgTable(
  "organization_schools",
  {
    institutionId: integer("institution_id").notNull(),
    schoolKey: text("school_key").notNull(),
    organizationId: integer("organization_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.institutionId, table.schoolKey] })],
);
