import {
  classesOfStudent,
  classRow,
  courseRow,
  draw,
  enrollmentRow,
  firstStudent,
  orgRow,
  record,
  type SampleShape,
  salt,
  sessionRows,
  teacherOfClass,
  userRow,
  WORD,
} from "./sample-rows";

/** One file of a generated delivery: text in chunks of about 64 KiB, the same for the same wish. */
export interface SampleFile {
  readonly name: string;
  chunks(): Iterable<string>;
}

/** Rows in all: XS about 8,500 (1,000 students), S 8 thousand, M 361 thousand, L 3.8 million (PERFORMANCE.md §1). */
const SAMPLE_SIZES = {
  XS: { schools: 4, courses: 60, classes: 240, teachers: 60, guardians: 250, students: 1000, studentEnrollments: 6000 },
  S: { schools: 3, courses: 60, classes: 270, teachers: 54, guardians: 16, students: 1000, studentEnrollments: 6401 },
  M: { schools: 60, courses: 900, classes: 12_000, teachers: 2_400, guardians: 600, students: 45_000, studentEnrollments: 288_138 },
  L: {
    schools: 700,
    courses: 4_000,
    classes: 133_000,
    teachers: 26_600,
    guardians: 6_400,
    students: 500_000,
    studentEnrollments: 3_000_000,
  },
} as const satisfies Record<string, Omit<SampleShape, "seed">>;
export type SampleSize = keyof typeof SAMPLE_SIZES;

/** What differs from the district as the seed draws it. Rows by index, students from 0. */
interface Alterations {
  /** These students are not in the files, nor are their enrollments. */
  readonly withoutStudents?: ReadonlySet<number>;
  /** These students have another family name. */
  readonly renamedStudents?: ReadonlySet<number>;
  /** So many students more than the size says, with enrollments. */
  readonly addedStudents?: number;
  readonly withoutCourse?: (index: number) => boolean;
  readonly withoutEnrollment?: (user: number, index: number) => boolean;
  readonly editedCourse?: (index: number) => boolean;
  readonly editedClass?: (index: number) => boolean;
  readonly editedUser?: (index: number) => boolean;
  readonly editedEnrollment?: (user: number, index: number) => boolean;
  readonly withoutUser?: (index: number) => boolean;
}

interface SampleWish {
  readonly seed: number;
  readonly students?: number;
  readonly schools?: number;
  readonly alterations?: Alterations;
}

/** A small district for demos and tests, altered as asked. OneRoster 1.1, bulk, with a manifest. */
export function sampleDelivery(wish: SampleWish): readonly SampleFile[] {
  const students = wish.students ?? SAMPLE_SIZES.XS.students;
  const schools = wish.schools ?? SAMPLE_SIZES.XS.schools;
  const shape = {
    ...SAMPLE_SIZES.XS,
    seed: wish.seed,
    schools,
    students,
    studentEnrollments: students * 6,
    guardians: Math.floor(students / 4),
  };
  return filesOf(shape, wish.alterations ?? {});
}

/**
 * A district of a size. Day 2 differs from day 1 by 0.5 % edits, 0.3 % additions and 0.2 % removals; removing a person
 * removes the enrollments, and a few removed courses are still named by classes.
 */
export function sampleDistrict({ size, day, seed }: { size: SampleSize; day: 1 | 2; seed: number }): readonly SampleFile[] {
  const shape: SampleShape = { ...SAMPLE_SIZES[size], seed };
  if (day === 1) return filesOf(shape, {});
  const hit = (word: number, perTenThousand: number) => (index: number, more: number) =>
    draw(salt(seed, word), index, more) % 10_000 < perTenThousand;
  const [removed, edited] = [hit(WORD.remove, 20), hit(WORD.edit, 50)];
  return filesOf(shape, {
    addedStudents: Math.ceil(shape.students * 0.003),
    withoutUser: (index) => index >= firstStudent(shape) && removed(index, 1),
    withoutCourse: (index) => removed(index, 2),
    withoutEnrollment: (user, index) => removed(user, 100 + index),
    editedCourse: (index) => edited(index, 3),
    editedClass: (index) => edited(index, 4),
    editedUser: (index) => edited(index, 5),
    editedEnrollment: (user, index) => edited(user, 100 + index),
  });
}

const HEADERS = {
  orgs: "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
  academicSessions: "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear",
  courses: "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes",
  classes:
    "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods",
  users:
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password",
  enrollments: "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
} as const;

const ABSENT = ["categories", "classResources", "courseResources", "demographics", "lineItems", "resources", "results"];

function filesOf(shape: SampleShape, alterations: Alterations): readonly SampleFile[] {
  const rows = { orgs, academicSessions: () => [sessionRows()], courses, classes, users, enrollments };
  const entities = Object.keys(HEADERS) as (keyof typeof HEADERS)[];
  const files = entities.map((entity) => ({
    name: `${entity}.csv`,
    chunks: () => chunked(`${HEADERS[entity]}\n`, rows[entity](shape, alterations)),
  }));
  return [{ name: "manifest.csv", chunks: () => [manifest(entities)] }, ...files];
}

function manifest(entities: readonly string[]): string {
  const files = [...entities, ...ABSENT].sort().map((name) => record([`file.${name}`, ABSENT.includes(name) ? "absent" : "bulk"]));
  return [
    record(["propertyName", "value"]),
    record(["manifest.version", "1.0"]),
    record(["oneroster.version", "1.1"]),
    ...files,
    record(["source.systemName", "Harlow Valley SIS"]),
    record(["source.systemCode", "HV1"]),
  ].join("");
}

function* chunked(header: string, rows: Iterable<string>): Generator<string> {
  let chunk = header;
  for (const row of rows) {
    chunk += row;
    if (chunk.length > 64 * 1024) {
      yield chunk;
      chunk = "";
    }
  }
  if (chunk !== "") yield chunk;
}

function* orgs({ schools }: SampleShape): Generator<string> {
  for (let school = 0; school <= schools; school += 1) yield orgRow(school);
}

function* courses(shape: SampleShape, { withoutCourse, editedCourse }: Alterations): Generator<string> {
  for (let index = 0; index < shape.courses; index += 1)
    if (!withoutCourse?.(index)) yield courseRow(shape, index, editedCourse?.(index) ?? false);
}

function* classes(shape: SampleShape, { editedClass }: Alterations): Generator<string> {
  for (let index = 0; index < shape.classes; index += 1) yield classRow(shape, index, editedClass?.(index) ?? false);
}

function* users(shape: SampleShape, alterations: Alterations): Generator<string> {
  const { renamedStudents, editedUser } = alterations;
  for (const index of userIndexes(shape, alterations)) {
    const renamed = renamedStudents?.has(index - firstStudent(shape)) || editedUser?.(index);
    yield userRow(shape, { index, renamed: renamed ?? false, isPresent: (other) => isPresent(shape, alterations, other) });
  }
}

const isPresent = (shape: SampleShape, { withoutStudents, withoutUser }: Alterations, index: number): boolean =>
  !withoutUser?.(index) && !withoutStudents?.has(index - firstStudent(shape));

function* userIndexes(shape: SampleShape, alterations: Alterations): Generator<number> {
  const count = firstStudent(shape) + shape.students + (alterations.addedStudents ?? 0);
  for (let index = 0; index < count; index += 1) if (isPresent(shape, alterations, index)) yield index;
}

function* enrollments(shape: SampleShape, alterations: Alterations): Generator<string> {
  const { withoutEnrollment, editedEnrollment } = alterations;
  for (let index = 0; index < shape.classes; index += 1)
    yield enrollmentRow(shape, { class: index, user: teacherOfClass(shape, index), role: "teacher", edited: false });
  for (const user of userIndexes(shape, alterations)) {
    if (user < firstStudent(shape)) continue;
    for (const index of classesOfStudent(shape, user - firstStudent(shape))) {
      if (withoutEnrollment?.(user, index)) continue;
      yield enrollmentRow(shape, { class: index, user, role: "student", edited: editedEnrollment?.(user, index) ?? false });
    }
  }
}
