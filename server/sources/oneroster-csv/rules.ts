import { COLUMNS } from "@/server/roster/entities";
import type { Findings } from "@/server/roster/findings";
import type { FileEntity } from "./columns";

/** Looks at the cells of one row together, after each was read. */
export type RowRule = (cells: readonly (string | null)[], findings: Findings) => void;

/** What the columns of one row must be among themselves (specs/oneroster-csv.md §5, SECURITY.md §E 58, 59, 62). */
export function rowRules(entity: FileEntity): readonly RowRule[] {
  switch (entity) {
    case "orgs":
      return [];
    case "academicSessions":
      return [endAfterStart(entity, "endDate", "startDate"), endingYear];
    case "courses":
    case "classes":
      return [equalLists(entity)];
    case "users":
      return [someName];
    case "enrollments":
      return [endAfterStart(entity, "endDate", "beginDate"), primaryTeaches];
    default:
      return entity satisfies never;
  }
}

/** Index of a column among the cells of its entity. */
export function cellIndex(entity: FileEntity, column: string): number {
  const index = COLUMNS[entity].findIndex(({ name }) => name === column);
  if (index === -1) throw new Error(`${entity} has no column ${column}`);
  return index;
}

function endAfterStart(entity: FileEntity, endColumn: string, startColumn: string): RowRule {
  const [start, end] = [cellIndex(entity, "start_date"), cellIndex(entity, "end_date")];
  return (cells, findings) => {
    const [from, to] = [cells[start], cells[end]];
    if (!from || !to || from < to) return;
    findings.report("DATE_ORDER", endColumn, {
      value: to,
      detail: `${endColumn} (the day after the last day) is not after ${startColumn} ${from}.`,
    });
  };
}

const YEAR = cellIndex("academicSessions", "school_year");
const SESSION_START = cellIndex("academicSessions", "start_date");
const SESSION_END = cellIndex("academicSessions", "end_date");

const endingYear: RowRule = (cells, findings) => {
  const [year, start, end] = [cells[YEAR], cells[SESSION_START], cells[SESSION_END]];
  if (!year || !start || !end) return;
  if (start.startsWith(year) && Number(end.slice(0, 4)) === Number(year) + 1)
    findings.report("YEAR_START", "schoolYear", {
      value: year,
      detail: `The session ends in ${end.slice(0, 4)}; schoolYear names the year of its end.`,
    });
};

function equalLists(entity: "courses" | "classes"): RowRule {
  const [subjects, codes] = [cellIndex(entity, "subjects"), cellIndex(entity, "subject_codes")];
  return (cells, findings) => {
    const [names, numbers] = [cells[subjects], cells[codes]];
    if (!names || !numbers) return;
    const [nameCount, codeCount] = [names.split(",").length, numbers.split(",").length];
    if (nameCount !== codeCount)
      findings.report("LISTS_UNEQUAL", "subjectCodes", {
        value: numbers,
        detail: `${nameCount} subjects and ${codeCount} subjectCodes; each subject needs its code.`,
      });
  };
}

const GIVEN = cellIndex("users", "given_name");
const FAMILY = cellIndex("users", "family_name");

const someName: RowRule = (cells, findings) => {
  // A name that could not be read is told already.
  if ((cells[GIVEN] && cells[FAMILY]) || !findings.isValid()) return;
  if (cells[GIVEN] || cells[FAMILY])
    findings.report("NAME_SINGLE", cells[GIVEN] ? "familyName" : "givenName", { detail: "The person has one name; it was accepted." });
  else findings.report("REQUIRED", "givenName", { detail: "Neither givenName nor familyName has a value." });
};

const ROLE = cellIndex("enrollments", "role");
const PRIMARY = cellIndex("enrollments", "is_primary");

const primaryTeaches: RowRule = (cells, findings) => {
  if (cells[PRIMARY] === "true" && cells[ROLE] !== null && cells[ROLE] !== "teacher")
    findings.report("PRIMARY_NOT_TEACHER", "primary", {
      value: cells[ROLE] ?? "",
      detail: "primary is set for somebody who does not teach.",
    });
};

/** Where the cells of a record lie in its bytes, without their quotes. */
export interface CellSpans {
  bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** The same rules over bytes, for records whose every cell is plain: whether they have nothing to say. False is no verdict. */
export function plainRule(entity: FileEntity, columns: readonly (string | null)[]): (cells: CellSpans) => boolean {
  const at = (column: string): number => columns.indexOf(column);
  switch (entity) {
    case "orgs":
      return () => true;
    case "academicSessions":
      return () => false;
    case "courses":
    case "classes": {
      const [subjects, codes] = [at("subjects"), at("subject_codes")];
      return (cells) => isEmpty(cells, subjects) || isEmpty(cells, codes) || elements(cells, subjects) === elements(cells, codes);
    }
    case "users": {
      const [given, family, enabled] = [at("given_name"), at("family_name"), at("enabled")];
      // Who is switched off is inactive, and so is no plain row.
      return (cells) => !isEmpty(cells, given) && !isEmpty(cells, family) && (isEmpty(cells, enabled) || isTrue(cells, enabled));
    }
    case "enrollments": {
      const [start, end, role, primary] = [at("start_date"), at("end_date"), at("role"), at("is_primary")];
      return (cells) =>
        (isEmpty(cells, start) || isEmpty(cells, end) || isBefore(cells, start, end)) &&
        (isEmpty(cells, primary) || !isTrue(cells, primary) || isTeacher(cells, role));
    }
    default:
      return entity satisfies never;
  }
}

const isEmpty = (cells: CellSpans, cell: number): boolean => cell === -1 || cells.starts[cell] === cells.ends[cell];

function elements({ bytes, starts, ends }: CellSpans, cell: number): number {
  let count = 1;
  for (let at = starts[cell] ?? 0; at < (ends[cell] ?? 0); at += 1) if (bytes[at] === 0x2c) count += 1;
  return count;
}

/** Of two days as `YYYY-MM-DD`. */
function isBefore({ bytes, starts }: CellSpans, first: number, second: number): boolean {
  const [a, b] = [starts[first] ?? 0, starts[second] ?? 0];
  let at = 0;
  while (at < 10 && bytes[a + at] === bytes[b + at]) at += 1;
  return at < 10 && (bytes[a + at] ?? 0) < (bytes[b + at] ?? 0);
}

// Of words that are known to be plain the first letter tells them apart.
const isTrue = ({ bytes, starts }: CellSpans, cell: number): boolean => bytes[starts[cell] ?? 0] === 0x74;
const isTeacher = ({ bytes, starts }: CellSpans, cell: number): boolean => cell !== -1 && bytes[starts[cell] ?? 0] === 0x74;
