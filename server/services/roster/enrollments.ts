import { sql } from "drizzle-orm";
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

/** The enrollments of a person or of a class: standing ones first, then later, ended and archived ones. */
export async function enrollmentsOf(
  tx: Transaction,
  asOf: AsOf,
  of: { entity: Entity; key: string; today: string },
): Promise<EnrollmentLine[]> {
  const isPerson = of.entity === "users";
  const rows = await read(
    tx,
    Row,
    sql`
      select v.class_key, v.user_key, v.role, v.status, v.start_date, v.end_date, u.primary_role
      from ${currentAt(asOf, "enrollments")} v
      left join ${currentAt(asOf, "users")} u on u.source_key = v.user_key and u.feed_id = v.feed_id
      where ${sql.raw(isPerson ? "v.user_key" : "v.class_key")} = ${of.key}
      order by v.role desc, v.class_key, v.user_key
      limit ${LINES_MAX}`,
  );
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
