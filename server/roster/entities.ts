/**
 * The entities of a roster and the columns of each, in file form: every cell is text as a CSV holds it, after normalisation.
 * A list is its elements joined by commas (elements hold none), a date `YYYY-MM-DD`, a boolean `true` / `false`, absent `null`.
 * Source: specs/canonical-model.md §2. Groups and group memberships join the list with the first source that brings them.
 */

/** Order is meaning: a row refers only to its own entity and to entities before its own. Archives run in reverse. */
export const ENTITIES = ["orgs", "academicSessions", "courses", "classes", "users", "enrollments", "relationships"] as const;
export type Entity = (typeof ENTITIES)[number];

/** How a cell is typed in SQL and shown on a page. `list` is text with commas, `json` is text that holds JSON. */
type ColumnType = "text" | "list" | "date" | "boolean" | "year" | "json";

/**
 * One column of an entity. `refers` names the entity whose source keys the cell (or each element of its list) holds;
 * `mustBe` the `type` that the named record must have (OneRoster 1.1: schoolSourcedId names an org of type school).
 */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly required?: true;
  readonly refers?: Entity;
  readonly mustBe?: string;
}

const text = (name: string): Column => ({ name, type: "text" });
const required = (column: Column): Column => ({ ...column, required: true });
const list = (name: string): Column => ({ name, type: "list" });
const date = (name: string): Column => ({ name, type: "date" });
const ref = (name: string, refers: Entity): Column => ({ name, type: "text", refers });
const typed = (column: Column, mustBe: string): Column => ({ ...column, mustBe });
const refs = (name: string, refers: Entity): Column => ({ name, type: "list", refers });

/**
 * The typed columns of each entity's version, in the order in which rows are loaded (source key, status and the other
 * columns that all entities share stand before them: see `SHARED_COLUMNS`). Dates are inclusive start, exclusive end.
 */
export const COLUMNS = {
  orgs: [required(text("name")), required(text("type")), text("identifier"), ref("parent_key", "orgs")],
  academicSessions: [
    required(text("title")),
    required(text("type")),
    date("start_date"),
    date("end_date"),
    ref("parent_key", "academicSessions"),
    { name: "school_year", type: "year" },
    ref("org_key", "orgs"),
  ],
  courses: [
    required(text("title")),
    text("code"),
    list("grades"),
    list("subjects"),
    list("subject_codes"),
    ref("org_key", "orgs"),
    typed(ref("school_year_key", "academicSessions"), "schoolYear"),
    text("description"),
  ],
  classes: [
    required(text("title")),
    text("code"),
    required(text("type")),
    ref("course_key", "courses"),
    required(typed(ref("school_key", "orgs"), "school")),
    refs("term_keys", "academicSessions"),
    list("periods"),
    text("location"),
    list("grades"),
    list("subjects"),
    list("subject_codes"),
    date("start_date"),
    date("end_date"),
    ref("parent_class_key", "classes"),
  ],
  users: [
    // A person may have one name: sources see to it that at least one of the two is filled.
    text("given_name"),
    text("family_name"),
    text("middle_name"),
    text("preferred_given_name"),
    text("preferred_middle_name"),
    text("preferred_family_name"),
    text("username"),
    text("email"),
    text("identifier"),
    list("grades"),
    required({ name: "enabled", type: "boolean" }),
    required(text("primary_role")),
    refs("org_keys", "orgs"),
    { name: "org_roles", type: "json" },
    list("external_ids"),
    text("sms"),
    text("phone"),
    refs("agent_keys", "users"),
  ],
  enrollments: [
    required(ref("class_key", "classes")),
    required(ref("user_key", "users")),
    typed(ref("school_key", "orgs"), "school"),
    required(text("role")),
    { name: "is_primary", type: "boolean" },
    date("start_date"),
    date("end_date"),
  ],
  relationships: [required(ref("user_key", "users")), required(ref("related_user_key", "users")), required(text("kind")), text("type_raw")],
} as const satisfies Record<Entity, readonly Column[]>;

/** What a person is called in lists: the columns of an entity that name it, in the order in which they are shown. */
export const NAMED_BY: Record<Entity, readonly string[]> = {
  orgs: ["name"],
  academicSessions: ["title"],
  courses: ["title", "code"],
  classes: ["title", "code"],
  users: ["given_name", "family_name"],
  enrollments: ["user_key", "class_key"],
  relationships: ["user_key", "related_user_key"],
};
