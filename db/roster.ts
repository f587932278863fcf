import { type SQL, sql } from "drizzle-orm";

/** Where each entity is kept: its versions, the view of the current ones, the hashes of lines that are current as delivered. */
const TABLES = {
  orgs: { versions: "org_versions", current: "orgs", fingerprints: "org_fingerprints" },
  academicSessions: { versions: "academic_session_versions", current: "academic_sessions", fingerprints: "academic_session_fingerprints" },
  courses: { versions: "course_versions", current: "courses", fingerprints: "course_fingerprints" },
  classes: { versions: "class_versions", current: "classes", fingerprints: "class_fingerprints" },
  users: { versions: "user_versions", current: "users", fingerprints: "user_fingerprints" },
  enrollments: { versions: "enrollment_versions", current: "enrollments", fingerprints: "enrollment_fingerprints" },
  relationships: { versions: "relationship_versions", current: "relationships", fingerprints: "relationship_fingerprints" },
} as const;

/** The entities by name; `server/roster/entities.ts` says what they are. */
export type RosterEntity = keyof typeof TABLES;

/** The names of an entity's tables, unquoted. */
export const tablesOf = (entity: RosterEntity): (typeof TABLES)[RosterEntity] => TABLES[entity];

/** All versions of an entity: committed ones, closed ones, and the open set's pending ones above the head. */
export const versionsOf = (entity: RosterEntity): SQL => sql.raw(TABLES[entity].versions);

/** The current versions. Always name `environment_id` and `bucket` as parameters too: only the bucket prunes partitions. */
export const currentOf = (entity: RosterEntity): SQL => sql.raw(TABLES[entity].current);

export const fingerprintsOf = (entity: RosterEntity): SQL => sql.raw(TABLES[entity].fingerprints);

/**
 * The sourcedId of a row under this alias: null is stored where it equals the source key. No `coalesce`: under row level security that
 * counts as something that might tell what it sees, and what is compared with it is read whole instead of by an index.
 */
export const sourcedIdOf = (alias: string): SQL =>
  sql.raw(`(case when ${alias}.sourced_id is null then ${alias}.source_key else ${alias}.sourced_id end)`);

/** Finds the row of one sourcedId by index: the first form is stored as a key, the second as an id of its own. */
export const hasSourcedId = (alias: string, sourcedId: string): SQL =>
  sql`((${sql.raw(alias)}.source_key = ${sourcedId} and ${sql.raw(alias)}.sourced_id is null) or ${sql.raw(alias)}.sourced_id = ${sourcedId})`;
