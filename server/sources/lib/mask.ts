import type { Entity } from "@/server/roster/entities";

/** What says nothing about one person, so that it may be read by whoever only connects. */
const PLAIN_OF_PEOPLE: ReadonlySet<string> = new Set([
  "primary_role",
  "role",
  "enabled",
  "is_primary",
  "grades",
  "kind",
  "start_date",
  "end_date",
]);
const PEOPLE: ReadonlySet<Entity> = new Set(["users", "enrollments", "relationships"]);
const LENGTH_MAX = 40;

/**
 * A value for somebody who must recognise a column and not a person: of people only the first sign of each word stays, letters
 * become ●, digits #, so that the shape of an e-mail address or a number is still seen.
 */
export function maskedValue({ entity, column, value }: { entity: Entity; column: string; value: string }): string {
  const shown = value.length > LENGTH_MAX ? `${value.slice(0, LENGTH_MAX - 1)}…` : value;
  if (!PEOPLE.has(entity) || PLAIN_OF_PEOPLE.has(column)) return shown;
  return shown.replace(/(?<=[\p{L}\p{N}\p{M}])[\p{L}\p{M}]/gu, "●").replace(/\p{N}/gu, "#");
}
