import { COURSES, FAMILY_NAMES, GIVEN_NAMES, schoolName, UNUSUAL_NAMES } from "./sample-names";

/** How large a generated district is. Every row follows from these numbers and the seed alone. */
export interface SampleShape {
  readonly seed: number;
  readonly schools: number;
  readonly courses: number;
  readonly classes: number;
  readonly teachers: number;
  readonly guardians: number;
  readonly students: number;
  /** Enrollments of students; each class has one of a teacher besides. */
  readonly studentEnrollments: number;
}

const SESSIONS: readonly (readonly [key: string, title: string, type: string, start: string, end: string, parent: string])[] = [
  ["year-2027", "2026–27", "schoolYear", "2026-08-17", "2027-06-12", ""],
  ["fall-2026", "Fall Semester", "semester", "2026-08-17", "2027-01-16", "year-2027"],
  ["spring-2027", "Spring Semester", "semester", "2027-01-18", "2027-06-12", "year-2027"],
  ["q1-2026", "Quarter 1", "gradingPeriod", "2026-08-17", "2026-10-17", "fall-2026"],
  ["q2-2026", "Quarter 2", "gradingPeriod", "2026-10-19", "2027-01-16", "fall-2026"],
  ["full-2027", "Full Year", "term", "2026-08-17", "2027-06-12", "year-2027"],
];
const CLASS_TERMS = ["full-2027", "fall-2026,spring-2027", "fall-2026", "spring-2027"];

/** The seed for one purpose. */
export const salt = (seed: number, word: number): number => (seed ^ Math.imul(word + 1, 0x9e3779b1)) >>> 0;

/** A 32-bit hash of a salted seed and two numbers: the same row always draws the same. */
export function draw(salted: number, index: number, more = 0): number {
  let h = salted;
  h = Math.imul(h ^ index, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15) ^ more, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 13), 0x27d4eb2f);
  return (h ^ (h >>> 16)) >>> 0;
}

/** What a draw is for; each has numbers of its own. */
export const WORD = { user: 1, enrollment: 2, name: 3, family: 4, remove: 5, edit: 6, class: 7, course: 8, pick: 9 } as const;

const hex8 = (value: number): string => value.toString(16).padStart(8, "0");

/** A GUID in random order, which is the worst case for an index. */
function guid(seed: number, index: number, more = 0): string {
  const [a, b, c, d] = [0, 1, 2, 3].map((part) => hex8(draw(seed + part * 7919, index, more))) as [string, string, string, string];
  return `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${d}`;
}

const cell = (value: string): string => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
export const record = (cells: readonly string[]): string => `${cells.map(cell).join(",")}\n`;

const orgKey = (school: number): string => (school === 0 ? "district" : `school-${String(school).padStart(3, "0")}`);
const courseKey = (index: number): string => `course-${String(index + 1).padStart(4, "0")}`;
const classKey = (index: number): string => `class-${String(index + 1).padStart(6, "0")}`;
/** Teachers come first, then guardians, then students. */
const userKey = (shape: SampleShape, index: number): string => guid(salt(shape.seed, WORD.user), index);
export const firstStudent = (shape: SampleShape): number => shape.teachers + shape.guardians;

const schoolOfClass = (shape: SampleShape, index: number): number => 1 + (index % shape.schools);
const schoolOfStudent = (shape: SampleShape, student: number): number => 1 + (student % shape.schools);

export const orgRow = (school: number): string =>
  school === 0
    ? record([orgKey(0), "", "", "Harlow Valley Unified School District", "district", "0600001", ""])
    : record([orgKey(school), "", "", schoolName(school - 1), "school", `06000010${String(school).padStart(4, "0")}`, orgKey(0)]);

export const sessionRows = (): string =>
  SESSIONS.map(([key, title, type, start, end, parent]) => record([key, "", "", title, type, start, end, parent, "2027"])).join("");

export function courseRow(shape: SampleShape, index: number, edited: boolean): string {
  const [title, subject, code] = COURSES[index % COURSES.length] ?? ["", "", ""];
  const round = Math.floor(index / COURSES.length);
  const name = `${title}${round === 0 ? "" : ` ${round + 1}`}${edited ? " (revised)" : ""}`;
  const grades = index % 3 === 0 ? "09,10" : String(1 + (draw(salt(shape.seed, WORD.course), index) % 12)).padStart(2, "0");
  return record([courseKey(index), "", "", "year-2027", name, `C${code}-${index + 1}`, grades, orgKey(0), subject, code]);
}

export function classRow(shape: SampleShape, index: number, edited: boolean): string {
  const course = draw(salt(shape.seed, WORD.class), index) % shape.courses;
  const [title, subject, code] = COURSES[course % COURSES.length] ?? ["", "", ""];
  const section = 1 + Math.floor(index / shape.schools);
  const periods = index % 4 === 0 ? "1,3,5" : String(1 + (index % 7));
  const room = `Room ${100 + (draw(salt(shape.seed, WORD.class), index, 1) % 300)}${edited ? ", Annex" : ""}`;
  const type = index % 11 === 0 ? "homeroom" : "scheduled";
  const terms = CLASS_TERMS[draw(salt(shape.seed, WORD.class), index, 2) % CLASS_TERMS.length] ?? "full-2027";
  const school = orgKey(schoolOfClass(shape, index));
  return record([
    classKey(index),
    "",
    "",
    `${title}, Section ${section}`,
    "09,10",
    courseKey(course),
    `${code}-${section}`,
    type,
    room,
    school,
    terms,
    subject,
    code,
    periods,
  ]);
}

interface Person {
  readonly given: string;
  readonly family: string;
  readonly username: string;
}

function person(shape: SampleShape, index: number, renamed: boolean): Person {
  const first = draw(salt(shape.seed, WORD.name), index);
  const last = draw(salt(shape.seed, WORD.family), index, renamed ? 1 : 0);
  const unusual = first % 97 === 0 ? UNUSUAL_NAMES[last % UNUSUAL_NAMES.length] : undefined;
  const given = unusual?.[0] ?? GIVEN_NAMES[first % GIVEN_NAMES.length] ?? "";
  const family = unusual?.[1] ?? FAMILY_NAMES[last % FAMILY_NAMES.length] ?? "";
  const letters = (text: string): string =>
    text
      .normalize("NFD")
      .replace(/[^A-Za-z]/g, "")
      .toLowerCase();
  // The login stays when the family name changes, as it does in a school.
  const login = letters(unusual ? "" : (FAMILY_NAMES[draw(salt(shape.seed, WORD.family), index) % FAMILY_NAMES.length] ?? ""));
  return { given, family, username: `${letters(given).slice(0, 1)}${login}${index + 1000}` };
}

export interface UserWish {
  readonly index: number;
  readonly renamed: boolean;
  /** Whether a person, by index, is in the same file: nobody names one who is not. */
  readonly isPresent: (index: number) => boolean;
}

export function userRow(shape: SampleShape, { index, renamed, isPresent }: UserWish): string {
  const { given, family, username } = person(shape, index, renamed);
  const named = (other: number | null): string => (other !== null && isPresent(other) ? userKey(shape, other) : "");
  const key = userKey(shape, index);
  const common = (role: string, orgs: string): string[] => [key, "", "", "true", orgs, role, username];
  const middle = index % 5 === 0 ? (GIVEN_NAMES[(index * 7) % GIVEN_NAMES.length] ?? "") : "";
  if (index < shape.teachers) {
    const schools = [1 + (index % shape.schools), ...(index % 9 === 0 && shape.schools > 1 ? [1 + ((index + 1) % shape.schools)] : [])];
    const email = `${username}@staff.harlow.example`;
    const ids = `{LDAP:${username}},{Fed:${email}}`;
    return record([
      ...common("teacher", schools.map(orgKey).join(",")),
      ids,
      given,
      family,
      middle,
      `T${index + 1}`,
      email,
      "",
      `555-01${String(index % 100).padStart(2, "0")}`,
      "",
      "",
      "",
    ]);
  }
  if (index < firstStudent(shape)) {
    const student = wardOf(shape, index - shape.teachers);
    const org = orgKey(schoolOfStudent(shape, student));
    const agents = named(firstStudent(shape) + student);
    return record([
      ...common("parent", org),
      "",
      given,
      family,
      middle,
      "",
      `${username}@mail.example`,
      `555-02${String(index % 100).padStart(2, "0")}`,
      "",
      agents,
      "",
      "",
    ]);
  }
  const student = index - firstStudent(shape);
  const grade = String(1 + (draw(salt(shape.seed, WORD.pick), student) % 12)).padStart(2, "0");
  const agents = named(guardianOf(shape, student));
  const identifier = String(100_000 + student);
  return record([
    ...common("student", orgKey(schoolOfStudent(shape, student))),
    `{SIS:${identifier}}`,
    given,
    family,
    middle,
    identifier,
    `${username}@student.harlow.example`,
    "",
    "",
    agents,
    grade,
    "",
  ]);
}

/** Each guardian has one child: students are taken in steps, so that all schools have some. */
const wardOf = (shape: SampleShape, guardian: number): number => Math.floor((guardian * shape.students) / Math.max(1, shape.guardians));

function guardianOf(shape: SampleShape, student: number): number | null {
  if (shape.guardians === 0 || student >= shape.students) return null;
  const guess = Math.floor((student * shape.guardians) / shape.students);
  const found = [guess, guess + 1].find((guardian) => guardian < shape.guardians && wardOf(shape, guardian) === student);
  return found === undefined ? null : shape.teachers + found;
}

/** The classes of a student: neighbours in the school's list, so that none is drawn twice. */
export function classesOfStudent(shape: SampleShape, student: number): number[] {
  const perSchool = Math.floor(shape.classes / shape.schools);
  const each = shape.studentEnrollments / shape.students;
  const count = Math.min(perSchool, Math.floor((student + 1) * each) - Math.floor(student * each));
  const school = student % shape.schools;
  const from = draw(salt(shape.seed, WORD.pick), student, 1) % perSchool;
  return Array.from({ length: count }, (_, step) => school + ((from + step) % perSchool) * shape.schools);
}

export const teacherOfClass = (shape: SampleShape, index: number): number => {
  const school = index % shape.schools;
  const here = Math.max(1, Math.floor((shape.teachers - school - 1) / shape.schools) + 1);
  return Math.min(shape.teachers - 1, school + (Math.floor(index / shape.schools) % here) * shape.schools);
};

export interface Enrollment {
  readonly class: number;
  readonly user: number;
  readonly role: "teacher" | "student";
  readonly edited: boolean;
}

export function enrollmentRow(shape: SampleShape, { class: index, user, role, edited }: Enrollment): string {
  const key = guid(salt(shape.seed, WORD.enrollment), user, index);
  const school = orgKey(schoolOfClass(shape, index));
  const primary = role === "teacher" ? "true" : "";
  return record([
    key,
    "",
    "",
    classKey(index),
    school,
    userKey(shape, user),
    role,
    primary,
    edited ? "2026-09-08" : "2026-08-17",
    "2027-06-12",
  ]);
}
