import type { RosterEntity } from "./roster";

/** A column by which a record names another, without which it cannot stand. */
export interface PlanReference {
  readonly column: string;
  readonly refers: RosterEntity;
  /** The cell holds several keys, joined by commas. */
  readonly list: boolean;
}

const one = (column: string, refers: RosterEntity): PlanReference => ({ column, refers, list: false });
const many = (column: string, refers: RosterEntity): PlanReference => ({ column, refers, list: true });

/**
 * What each record names. A person stands without its agents, so `agent_keys` is not here; relationships say the same and
 * follow both of their people. Order is that of the roster's entities: a record refers only to its own and to earlier ones.
 */
export const PLAN_REFERENCES: Record<RosterEntity, readonly PlanReference[]> = {
  orgs: [one("parent_key", "orgs")],
  academicSessions: [one("parent_key", "academicSessions"), one("org_key", "orgs")],
  courses: [one("org_key", "orgs"), one("school_year_key", "academicSessions")],
  classes: [
    one("course_key", "courses"),
    one("school_key", "orgs"),
    many("term_keys", "academicSessions"),
    one("parent_class_key", "classes"),
  ],
  users: [many("org_keys", "orgs")],
  enrollments: [one("class_key", "classes"), one("user_key", "users"), one("school_key", "orgs")],
  relationships: [one("user_key", "users"), one("related_user_key", "users")],
};

/** In the order in which records may name each other. */
export const PLAN_ENTITIES: readonly RosterEntity[] = [
  "orgs",
  "academicSessions",
  "courses",
  "classes",
  "users",
  "enrollments",
  "relationships",
];
