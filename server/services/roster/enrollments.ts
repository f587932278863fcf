import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import type { Entity } from "@/server/roster/entities";
import { currentAt } from "./current";
import { standingOf } from "./dates";
import { type AsOf, labelIn, labelsOf } from "./labels";
import type { RosterKind } from "./place";

/** One enrollment, seen from a person (the class stands here) or from a class (the person does). */
export interface EnrollmentLine {
  readonly other: { readonly kind: RosterKind; readonly sourcedId: string; readonly name: string };
  readonly role: string;
  readonly state: string;
  readonly tone: "active" | "later" | "ended" | "archived";
}

const Row = z.object({
  class_key: z.string(),
  user_key: z.string(),
  role: z.string(),
  status: z.string(),
  start_date: z.string().nullable(),
  end_date: z.string().nullable(),
  primary_role: z.string().nullable(),
});

/** A person of a few classes or a class of a few hundred people; beyond this the list says so by its length. */
const LINES_MAX = 1_000;

/** The statement of `enrollmentsOf`. Each person is looked up by key: joined, everybody would be read for a class of thirty. */
export const enrollmentsQuery = (asOf: AsOf, of: { entity: Entity; key: string }): SQL => sql`
  select v.class_key, v.user_key, v.role, v.status, v.start_date, v.end_date, u.primary_role
  from ${currentAt(asOf, "enrollments")} v
  left join lateral (
    select p.primary_role from ${currentAt(asOf, "users")} p where p.source_key = v.user_key and p.feed_id = v.feed_id limit 1
  ) u on true
  where ${sql.raw(of.entity === "users" ? "v.user_key" : "v.class_key")} = ${of.key}
  order by v.role desc, v.class_key, v.user_key
  limit ${LINES_MAX}`;

/** The enrollments of a person or of a class: standing ones first, then later, ended and archived ones. */
export async function enrollmentsOf(
  tx: Transaction,
  asOf: AsOf,
  of: { entity: Entity; key: string; today: string },
): Promise<EnrollmentLine[]> {
  const isPerson = of.entity === "users";
  const rows = await read(tx, Row, enrollmentsQuery(asOf, of));
  const other = isPerson ? "classes" : "users";
  const labels = await labelsOf(tx, asOf, new Map([[other, new Set(rows.map((row) => (isPerson ? row.class_key : row.user_key)))]]));
  const lines = rows.map((row): EnrollmentLine => {
    const key = isPerson ? row.class_key : row.user_key;
    const label = labelIn(labels, other, key) ?? { name: key, sourcedId: key };
    const kind: RosterKind = isPerson ? "classes" : row.primary_role === "student" ? "students" : "teachers";
    return {
      other: { kind, ...label },
      role: row.role,
      ...standingOf({ status: row.status, startDate: row.start_date, endDate: row.end_date }, of.today),
    };
  });
  const order = ["active", "later", "ended", "archived"];
  return lines.sort((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone));
}
