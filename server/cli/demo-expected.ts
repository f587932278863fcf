import Papa from "papaparse";
import type { DemoDelivery } from "./demo-district";

/**
 * What must come out, computed a second time in memory from the deliveries themselves: a bulk file says who there is, a row that
 * is new is added, one that differs is edited, one that is missing is archived, one that returns is reactivated, and what a
 * person refused stays out with all that cannot stand without it. Knows nothing of how the system works.
 */
export const COUNTED = ["orgs", "academicSessions", "courses", "classes", "users", "enrollments"] as const;
export type Counted = (typeof COUNTED)[number];

export const EXPECTED_COUNTS = ["read", "add", "edit", "archive", "reactivate", "unchanged", "refused"] as const;
export type ExpectedCounts = Record<(typeof EXPECTED_COUNTS)[number], number>;

/** The counts that are compared, out of all that a report has. */
export const shownCounts = ({ read, add, edit, archive, reactivate, unchanged, refused }: ExpectedCounts): ExpectedCounts => ({
  read,
  add,
  edit,
  archive,
  reactivate,
  unchanged,
  refused,
});

interface Kept {
  readonly row: Row;
  readonly isActive: boolean;
}
type Row = Readonly<Record<string, string>>;
export type ExpectedRoster = Readonly<Record<Counted, ReadonlyMap<string, Kept>>>;

export const emptyRoster = (): ExpectedRoster => eachEntity(() => new Map());

/** The counts of one run, and the roster after its commit. */
export function expectRun(
  before: ExpectedRoster,
  run: { delivery: DemoDelivery; refusedUser: string },
): { counts: Record<Counted, ExpectedCounts>; after: ExpectedRoster } {
  const steps = eachEntity((entity) => {
    const rows = rowsOf(run.delivery, `${entity}.csv`);
    return expectEntity(before[entity], rows, (row) => (entity === "enrollments" ? row.userSourcedId : row.sourcedId) === run.refusedUser);
  });
  return { counts: eachEntity((entity) => steps[entity].counts), after: eachEntity((entity) => steps[entity].after) };
}

function expectEntity(before: ReadonlyMap<string, Kept>, rows: readonly Row[], isRefused: (row: Row) => boolean) {
  const counts: ExpectedCounts = { read: rows.length, add: 0, edit: 0, archive: 0, reactivate: 0, unchanged: 0, refused: 0 };
  const after = new Map(before);
  const present = new Set<string>();
  for (const row of rows) {
    const key = row.sourcedId ?? "";
    present.add(key);
    const known = before.get(key);
    if (known === undefined && isRefused(row)) {
      counts.refused += 1;
      continue;
    }
    if (known === undefined) counts.add += 1;
    else if (!known.isActive) counts.reactivate += 1;
    else if (JSON.stringify(known.row) === JSON.stringify(row)) counts.unchanged += 1;
    else counts.edit += 1;
    after.set(key, { row, isActive: true });
  }
  for (const [key, known] of before) {
    if (!known.isActive || present.has(key)) continue;
    counts.archive += 1;
    after.set(key, { row: known.row, isActive: false });
  }
  return { counts, after };
}

/** What is active in a roster, in the words of its page. */
export function expectRoster(roster: ExpectedRoster): Record<string, number> {
  const active = (entity: Counted, holds: (row: Row) => boolean = () => true): number =>
    [...roster[entity].values()].filter(({ isActive, row }) => isActive && holds(row)).length;
  return {
    schools: active("orgs", (row) => row.type === "school"),
    teachers: active("users", (row) => row.role === "teacher"),
    students: active("users", (row) => row.role === "student"),
    classes: active("classes"),
    enrollments: active("enrollments"),
  };
}

/** Source keys of the students whose rows are the same in all deliveries: one of them can be refused without more happening. */
export function steadyStudents(deliveries: readonly DemoDelivery[]): Set<string> {
  const days = deliveries.map(
    (delivery) => new Map(rowsOf(delivery, "users.csv").map((row) => [row.sourcedId ?? "", JSON.stringify(row)])),
  );
  const [first = new Map<string, string>()] = days;
  const students = rowsOf(deliveries[0], "users.csv").filter((row) => row.role === "student");
  return new Set(students.map((row) => row.sourcedId ?? "").filter((key) => days.every((day) => day.get(key) === first.get(key))));
}

function rowsOf(delivery: DemoDelivery | undefined, name: string): Row[] {
  const text = delivery?.files.find((file) => file.name === name)?.text ?? "";
  return Papa.parse<Row>(text, { header: true, skipEmptyLines: true }).data;
}

export function eachEntity<T>(make: (entity: Counted) => T): Record<Counted, T> {
  return {
    orgs: make("orgs"),
    academicSessions: make("academicSessions"),
    courses: make("courses"),
    classes: make("classes"),
    users: make("users"),
    enrollments: make("enrollments"),
  };
}
