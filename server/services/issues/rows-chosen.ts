import { type SQL, sql } from "drizzle-orm";
import type { Entity } from "@/server/roster/entities";

/** Which rows findings are asked about: of one kind, of one school, or only those that change nothing for one reason. */
interface RowFilter {
  readonly entity?: Entity | undefined;
  readonly school?: string | undefined;
  readonly outcome?: "rejected" | "ignored" | undefined;
}

/** The condition over `issues`. A finding whose row has no school, or is not known, stands under the empty one, as the tie-out counts it. */
export function rowsChosen({ entity, school, outcome }: RowFilter): SQL {
  const parts: SQL[] = [sql`true`];
  if (entity !== undefined) parts.push(sql`entity = ${entity}`);
  if (school !== undefined) parts.push(sql`coalesce(school_key, '') = ${school}`);
  if (outcome !== undefined) parts.push(sql`outcome = ${outcome}`);
  return sql.join(parts, sql` and `);
}
