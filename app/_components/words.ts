import type { Action } from "@/server/roster/change";
import type { Entity } from "@/server/roster/entities";

/** The words of the five actions, as a heading, a verb and a participle. */
export const ACTION_WORDS: Readonly<Record<Action, { title: string; verb: string; done: string }>> = {
  archive: { title: "Archive", verb: "archive", done: "archived" },
  add: { title: "Add", verb: "add", done: "added" },
  edit: { title: "Edit", verb: "edit", done: "edited" },
  reactivate: { title: "Reactivate", verb: "reactivate", done: "reactivated" },
  rekey: { title: "Re-key", verb: "re-key", done: "re-keyed" },
};

/** What the types of a roster are called on a page. */
export const ENTITY_WORDS: Readonly<Record<Entity, { title: string; one: string; many: string }>> = {
  orgs: { title: "Schools and organizations", one: "organization", many: "organizations" },
  academicSessions: { title: "Terms", one: "term", many: "terms" },
  courses: { title: "Courses", one: "course", many: "courses" },
  classes: { title: "Classes", one: "class", many: "classes" },
  users: { title: "People", one: "person", many: "people" },
  enrollments: { title: "Enrollments", one: "enrollment", many: "enrollments" },
  relationships: { title: "Relationships", one: "relationship", many: "relationships" },
};

const COLUMN_WORDS: Readonly<Record<string, string>> = {
  source_key: "source key",
  sourced_id: "sourcedId",
  email: "e-mail",
  org_keys: "schools",
  org_roles: "role per school",
  org_key: "school",
  school_key: "school",
  class_key: "class",
  user_key: "person",
  course_key: "course",
  parent_key: "belongs to",
  term_keys: "terms",
  school_year_key: "school year",
  parent_class_key: "meets with",
  agent_keys: "contacts",
  related_user_key: "related person",
  type_raw: "type as sent",
  external_ids: "other ids",
  primary_role: "role",
  is_primary: "primary teacher",
  modified_at: "changed in the SIS",
};

/** A column's name as people say it: `given_name` is "given name". */
export const columnWord = (column: string): string => COLUMN_WORDS[column] ?? column.replaceAll("_", " ");
