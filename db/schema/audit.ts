import { bigint, integer, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
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
  actor: text("actor", { enum: ["member", "staff", "command", "system"] }).notNull(),
  verb: text("verb").notNull(),
  subject: text("subject").notNull(),
  detail: jsonb("detail").$type<Json>().notNull().default({}),
});
