import type { Entity } from "@/server/roster/entities";
import { readDate } from "../lib/dates";
import { type CellReader, readBoolean, readEmail, readId, readIds, readList, readText, readWord } from "../lib/values";
import { readGrade, readUserIds, readYear } from "./values";

/**
 * One column of a OneRoster file: how its cell is read and where it goes (`to`: a column of COLUMNS[entity]; null: read for
 * another purpose or not kept). `required`: the column must be in the header and every row needs a value.
 */
export interface FileColumn {
  readonly name: string;
  readonly to: string | null;
  readonly required: boolean;
  readonly read: CellReader | null;
}

export type OneRosterVersion = "1.1" | "1.2";

export interface ColumnRules {
  readonly version: OneRosterVersion;
  readonly dateOrder: "MDY" | "DMY";
}

/** Entities that OneRoster's rostering files hold. */
export type FileEntity = Exclude<Entity, "relationships">;

/** The files that are read, by name. roles.csv and userProfiles.csv join users.csv (1.2). */
export const ENTITY_FILES: Readonly<Record<FileEntity, string>> = {
  orgs: "orgs.csv",
  academicSessions: "academicSessions.csv",
  courses: "courses.csv",
  classes: "classes.csv",
  users: "users.csv",
  enrollments: "enrollments.csv",
};

export const ROLES_FILE = "roles.csv";
export const PROFILES_FILE = "userProfiles.csv";

/** Files of OneRoster that are recognised and never read. */
export const FILES_NOT_READ: readonly string[] = [
  "demographics",
  "categories",
  "lineItems",
  "results",
  "resources",
  "classResources",
  "courseResources",
  "lineItemLearningObjectiveIds",
  "lineItemScoreScales",
  "resultLearningObjectiveIds",
  "resultScoreScales",
  "scoreScales",
  "userResources",
].map((name) => `${name}.csv`);

/** The columns that every file has before its own; the map handles them by name. */
export const KEY_COLUMN = "sourcedId";
export const STATUS_COLUMN = "status";
export const MODIFIED_COLUMN = "dateLastModified";
export const PASSWORD_COLUMN = "password";

const need = (name: string, to: string | null, read: CellReader): FileColumn => ({ name, to, required: true, read });
const may = (name: string, to: string | null, read: CellReader): FileColumn => ({ name, to, required: false, read });
const unread = (name: string): FileColumn => ({ name, to: null, required: false, read: null });
const common: readonly FileColumn[] = [need(KEY_COLUMN, null, readId), unread(STATUS_COLUMN), unread(MODIFIED_COLUMN)];

const SESSION_TYPES = ["gradingPeriod", "semester", "schoolYear", "term"];
const ORG_TYPES = ["department", "school", "district", "local", "state", "national"];
const CLASS_TYPES = ["homeroom", "scheduled"];
const USER_ROLES = ["administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher"];
const ENROLLMENT_ROLES = ["administrator", "proctor", "student", "teacher"];
const ROLES_1_2 = [
  "aide",
  "counselor",
  "districtAdministrator",
  "guardian",
  "parent",
  "principal",
  "proctor",
  "relative",
  "siteAdministrator",
  "student",
  "systemAdministrator",
  "teacher",
];

/** The columns of an entity's file in the order that OneRoster fixes (specs/oneroster-csv.md §5, §10). */
export function fileColumns(entity: FileEntity, { version, dateOrder }: ColumnRules): readonly FileColumn[] {
  const own = version === "1.2";
  const date = readDate(dateOrder);
  const [ids, texts, grades] = [readIds, readList(readText), readList(readGrade)];
  switch (entity) {
    case "orgs":
      return [
        ...common,
        need("name", "name", readText),
        need("type", "type", readWord(ORG_TYPES, own)),
        may("identifier", "identifier", readText),
        may("parentSourcedId", "parent_key", readId),
      ];
    case "academicSessions":
      return [
        ...common,
        need("title", "title", readText),
        need("type", "type", readWord(SESSION_TYPES, own)),
        need("startDate", "start_date", date),
        need("endDate", "end_date", date),
        may("parentSourcedId", "parent_key", readId),
        need("schoolYear", "school_year", readYear),
      ];
    case "courses":
      return [
        ...common,
        may("schoolYearSourcedId", "school_year_key", readId),
        need("title", "title", readText),
        may("courseCode", "code", readText),
        may("grades", "grades", grades),
        need("orgSourcedId", "org_key", readId),
        may("subjects", "subjects", texts),
        may("subjectCodes", "subject_codes", texts),
      ];
    case "classes":
      return [
        ...common,
        need("title", "title", readText),
        may("grades", "grades", grades),
        need("courseSourcedId", "course_key", readId),
        may("classCode", "code", readText),
        need("classType", "type", readWord(CLASS_TYPES, own)),
        may("location", "location", readText),
        need("schoolSourcedId", "school_key", readId),
        need("termSourcedIds", "term_keys", ids),
        may("subjects", "subjects", texts),
        may("subjectCodes", "subject_codes", texts),
        may("periods", "periods", texts),
      ];
    case "users":
      return own ? users12(ids, grades) : users11(ids, grades);
    case "enrollments":
      return [
        ...common,
        need("classSourcedId", "class_key", readId),
        need("schoolSourcedId", "school_key", readId),
        need("userSourcedId", "user_key", readId),
        need("role", "role", readWord(ENROLLMENT_ROLES, own)),
        may("primary", "is_primary", readBoolean),
        may("beginDate", "start_date", date),
        may("endDate", "end_date", date),
      ];
    default:
      return entity satisfies never;
  }
}

/** roles.csv of 1.2. */
export const roleColumns = (dateOrder: ColumnRules["dateOrder"]): readonly FileColumn[] => [
  ...common,
  need("userSourcedId", "user", readId),
  need("roleType", "roleType", readWord(["primary", "secondary"], false)),
  need("role", "role", readWord(ROLES_1_2, true)),
  may("beginDate", "start", readDate(dateOrder)),
  may("endDate", "end", readDate(dateOrder)),
  need("orgSourcedId", "org", readId),
  may("userProfileSourcedId", "profile", readId),
];

/** userProfiles.csv of 1.2, its password never read. */
export const profileColumns: readonly FileColumn[] = [
  ...common,
  need("userSourcedId", "user", readId),
  need("profileType", "profileType", readText),
  need("vendorId", "vendorId", readText),
  may("applicationId", "applicationId", readText),
  may("description", "description", readText),
  may("credentialType", "credentialType", readText),
  may("username", "username", readText),
  unread(PASSWORD_COLUMN),
];

// A person may have one name: that at least one is filled is a rule of the row, not of the column.
const named = (name: string, to: string): FileColumn => ({ name, to, required: false, read: readText });

const users11 = (ids: CellReader, grades: CellReader): readonly FileColumn[] => [
  ...common,
  need("enabledUser", "enabled", readBoolean),
  need("orgSourcedIds", "org_keys", ids),
  need("role", "primary_role", readWord(USER_ROLES, false)),
  need("username", "username", readText),
  ...person(ids, grades),
];

const users12 = (ids: CellReader, grades: CellReader): readonly FileColumn[] => [
  ...common,
  need("enabledUser", "enabled", readBoolean),
  need("username", "username", readText),
  ...person(ids, grades),
  unread("userMasterIdentifier"),
  unread("resourceSourcedIds"),
  may("preferredGivenName", "preferred_given_name", readText),
  may("preferredMiddleName", "preferred_middle_name", readText),
  may("preferredFamilyName", "preferred_family_name", readText),
  unread("primaryOrgSourcedId"),
  unread("pronouns"),
];

const person = (ids: CellReader, grades: CellReader): readonly FileColumn[] => [
  may("userIds", "external_ids", readUserIds),
  named("givenName", "given_name"),
  named("familyName", "family_name"),
  may("middleName", "middle_name", readText),
  may("identifier", "identifier", readText),
  may("email", "email", readEmail),
  may("sms", "sms", readText),
  may("phone", "phone", readText),
  may("agentSourcedIds", "agent_keys", ids),
  may("grades", "grades", grades),
  unread(PASSWORD_COLUMN),
];

/** Columns that must be in the header although a row may leave them blank. */
export const HEADER_ONLY_REQUIRED: ReadonlySet<string> = new Set(["givenName", "familyName"]);
