import type { CheckedRow } from "./check-keys";
import { COLUMNS, type Entity } from "./entities";
import type { Findings } from "./findings";

/** Looks at one valid row with what the rows before it said. */
export type OwnCheck = (row: CheckedRow, findings: Findings) => void;

const indexOf = (entity: Entity, name: string): number => COLUMNS[entity].findIndex((column) => column.name === name);

/** Shared e-mail addresses, and ids that look like addresses and differ only in case (SECURITY.md §E 41, 44). */
export function checkPeople(): OwnCheck {
  const emailAt = indexOf("users", "email");
  const emails = new Map<string, number>();
  const ids = new Map<string, string>();
  return (row, findings) => {
    const email = row.cells[emailAt]?.toLowerCase();
    if (email) {
      const first = emails.get(email);
      if (first === undefined) emails.set(email, row.line);
      else
        findings.report("EMAIL_SHARED", "email", {
          value: email,
          detail: `The person of line ${first} has the same address; they stay two people.`,
        });
    }
    const key = row.sourceKey;
    if (!key?.includes("@")) return;
    const other = ids.get(key.toLowerCase());
    if (other === undefined) ids.set(key.toLowerCase(), key);
    else if (other !== key)
      findings.report("ID_CASE", "sourcedId", {
        value: key,
        detail: `It differs from ${other} only in capital letters; they stay two people.`,
      });
  };
}

/** One primary teacher of a class at a time, and the school of the class. */
export function checkEnrollments(schoolOf: (classKey: string) => string | null): OwnCheck {
  const at = (name: string): number => indexOf("enrollments", name);
  const [classAt, schoolAt, roleAt, primaryAt, startAt, endAt] = [
    "class_key",
    "school_key",
    "role",
    "is_primary",
    "start_date",
    "end_date",
  ].map(at) as [number, number, number, number, number, number];
  const primaries = new Map<string, { line: number; start: string; end: string }[]>();
  return ({ cells, line }, findings) => {
    const classKey = cells[classAt] ?? "";
    const [school, expected] = [cells[schoolAt], schoolOf(classKey)];
    if (school && expected !== null && school !== expected)
      findings.report("SCHOOL_DIFFERS", "schoolSourcedId", { value: school, detail: `The class ${classKey} belongs to ${expected}.` });
    if (cells[primaryAt] !== "true" || cells[roleAt] !== "teacher") return;
    const mine = { line, start: cells[startAt] ?? "", end: cells[endAt] ?? "9999" };
    const others = primaries.get(classKey) ?? [];
    primaries.set(classKey, [...others, mine]);
    const clash = others.find((other) => other.start < mine.end && mine.start < other.end);
    if (clash)
      findings.report("PRIMARY_TEACHER_TWICE", "primary", {
        detail: `The class ${classKey} has another primary teacher on the same days (line ${clash.line}).`,
      });
  };
}
