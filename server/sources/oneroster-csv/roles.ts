import type { Findings } from "@/server/roster/findings";
import { readId } from "../lib/values";
import { type FileColumn, KEY_COLUMN, MODIFIED_COLUMN, PASSWORD_COLUMN, STATUS_COLUMN } from "./columns";
import type { Header } from "./header";
import type { PlacedRecord } from "./keyed-records";
import type { OpenedFile } from "./reader";

/** One role of a person at one org, as `org_roles` lists it. Dates are inclusive start, exclusive end. */
export interface OrgRole {
  readonly key: string;
  readonly org: string;
  readonly role: string;
  readonly primary: boolean;
  readonly start: string | null;
  readonly end: string | null;
}

/** A role that a delta takes away. */
export interface DeletedRole {
  readonly key: string;
  readonly deleted: true;
}

/** Reads records of roles.csv. Null: the record is in error, and with it its person. */
export function roleReader(file: OpenedFile, findings: Findings): (record: PlacedRecord) => OrgRole | DeletedRole | null {
  const read = recordReader(file, findings);
  return (record) => {
    const found = read(record);
    if (found === null) return null;
    const { key, deleted, values } = found;
    if (deleted) return { key, deleted };
    const { org, role, roleType, start, end } = values;
    if (start && end && end <= start)
      findings.report("DATE_ORDER", "endDate", {
        value: end,
        detail: `endDate (the day after the last day) is not after beginDate ${start}.`,
      });
    if (!org || !role || !findings.isValid()) return null;
    return { key, org, role, primary: roleType === "primary", start: start ?? null, end: end ?? null };
  };
}

/** A profile of a person in some application; its password was never read. */
export interface Profile {
  readonly key: string;
  readonly deleted: boolean;
  readonly values: Readonly<Record<string, string | null>>;
}

/** Reads records of userProfiles.csv. */
export const profileReader = (file: OpenedFile, findings: Findings): ((record: PlacedRecord) => Profile | null) =>
  recordReader(file, findings);

function recordReader({ header, columns, saidDelta, mode }: OpenedFile, findings: Findings): (record: PlacedRecord) => Profile | null {
  const steps = columns.filter(({ to, read }) => to !== null && read !== null);
  return ({ line, cells }) => {
    findings.begin(line);
    if (cells === null) {
      findings.report("BAD_QUOTE", null, { detail: "A double quote stands where none may; a quote inside a value is written twice." });
      return null;
    }
    if (cells.length !== header.width) {
      findings.report("COLUMN_COUNT", null, {
        detail: `The row has ${cells.length} cells, the header ${header.width} (${cells.length}≠${header.width}).`,
      });
      return null;
    }
    const cell = cellReader(header, cells);
    const key = cell(KEY_COLUMN) === "" ? null : readId(cell(KEY_COLUMN), KEY_COLUMN, findings);
    if (key === null && findings.isValid()) findings.report("REQUIRED", KEY_COLUMN, { detail: "sourcedId is blank." });
    const status = cell(STATUS_COLUMN).toLowerCase();
    if (!["", "active", "inactive", "tobedeleted"].includes(status))
      findings.report("ENUM", STATUS_COLUMN, { value: status, detail: "The word is not one of active, tobedeleted." });
    if (saidDelta)
      for (const name of [STATUS_COLUMN, MODIFIED_COLUMN])
        if (cell(name) === "") findings.report("REQUIRED", name, { detail: `${name} is blank; every row of a delta file needs it.` });
    if (cell(PASSWORD_COLUMN) !== "")
      findings.report("PASSWORD_IGNORED", PASSWORD_COLUMN, { detail: "A password was ignored; it is not stored." });
    const deleted = mode === "delta" && status === "tobedeleted";
    const values = deleted ? {} : readValues(steps, cell, findings);
    return key === null || !findings.isValid() ? null : { key, deleted, values };
  };
}

const cellReader =
  (header: Header, cells: readonly string[]) =>
  (name: string): string =>
    cells[header.at.get(name) ?? -1]?.trim() ?? "";

function readValues(steps: readonly FileColumn[], cell: (name: string) => string, findings: Findings): Record<string, string | null> {
  const values: Record<string, string | null> = {};
  for (const { name, to, required, read } of steps) {
    const value = cell(name);
    if (value !== "" && to !== null && read !== null) values[to] = read(value, name, findings);
    else if (required) findings.report("REQUIRED", name, { detail: `${name} is blank.` });
  }
  return values;
}

/** Roles in an order of their own, so that another order in the file is no change: primary ones first, then by key. */
export function sortRoles<T extends OrgRole | DeletedRole>(roles: readonly T[]): T[] {
  const rank = (role: T): string => `${"primary" in role && role.primary ? 0 : 1}${role.key}`;
  return roles.toSorted((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}

/** What 1.1 has one word for: the kinds of administrator. The exact role stays in `org_roles`. */
export const plainRole = (role: string): string => (/^(district|site|system)Administrator$/.test(role) ? "administrator" : role);
