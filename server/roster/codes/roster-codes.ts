import type { CodeHelp } from "./code";

/** Findings that take several rows, or the roster, to tell. Source: SECURITY.md §E 38–50 and 73–74. */
export const ROSTER_CODES = {
  DUPLICATE_ID: {
    severity: "error",
    title: "The same id with different data",
    meaning:
      "Two rows of a file have the same id and say different things. Neither is applied; the record stays as it is. The lines of both are named.",
    fix: "Find out in the SIS which row is right. Often one person was entered twice, or ids of two schools overlap.",
  },
  DUPLICATE_ROW: {
    severity: "warning",
    title: "The same row twice",
    meaning: "A row appears more than once with the same data. It was read once.",
    fix: "Nothing has to be done. A join in the export probably repeats it.",
  },
  REF_MISSING: {
    severity: "error",
    title: "A reference to something that is not there",
    meaning:
      "The row names a record (a class, a person, a school) that is not in the roster and has no valid row in the files. The row is left out.",
    fix: "Where the record's own row is in error, mend that row first. Else add the record to the export: often the filter of one file is narrower than that of another: enrollments of a school whose users are not exported.",
  },
  REF_WRONG_TYPE: {
    severity: "error",
    title: "A reference to the wrong kind of record",
    meaning:
      "The record exists and is of another type than this column needs: schoolSourcedId must name an org of type school, schoolYearSourcedId a session of type schoolYear.",
    fix: "Correct the reference in the SIS, or the type of the org in orgs.csv.",
    example: "schoolSourcedId names the district",
  },
  REF_UNVERIFIED: {
    severity: "warning",
    grouped: true,
    title: "References that could not be looked up",
    meaning:
      "The rows name records that are not in this delivery, or whose own row is in error. A delta may do so: they are looked up in the roster when it is synced.",
    fix: "Nothing has to be done. If the delivery was meant to be complete, add the missing file or say bulk in the manifest.",
  },
  ORG_CYCLE: {
    severity: "refusal",
    title: "Parents that run in a circle",
    meaning:
      "Following the parents of an org or of a session leads back to itself, so there is no top. The path is shown. Nothing is read.",
    fix: "Correct parentSourcedId of one of the records named. A record without a parent leaves it blank.",
    example: "A → B → A",
  },
  ID_NEAR_MISS: {
    severity: "warning",
    title: "Almost the same id",
    meaning:
      "A reference finds nothing, but a record exists whose id differs only by leading zeros or capital letters. They were not matched: ids are compared exactly.",
    fix: "Export ids as text. Excel removes leading zeros: send the file of the SIS without opening it there.",
    example: "123 names 00123",
  },
  ID_CASE: {
    severity: "warning",
    title: "Ids that differ only in capital letters",
    meaning: "Two ids that look like e-mail addresses differ only in capital letters. They were read as two people.",
    fix: "If they are one person, merge them in the SIS.",
    example: "Ann@x.org and ann@x.org",
  },
  EMAIL_SHARED: {
    severity: "warning",
    title: "One e-mail address, several people",
    meaning:
      "Two or more people have the same address: a parent who also teaches, siblings with a family address. They stay separate people.",
    fix: "Nothing has to be done unless the feed matches people by e-mail: then give each their own address in the SIS.",
  },
  PRIMARY_TEACHER_TWICE: {
    severity: "warning",
    title: "Two primary teachers of one class",
    meaning: "More than one teacher is marked primary in a class on the same days. OneRoster allows one. Both were kept.",
    fix: "Mark one of them as primary in the SIS.",
  },
  SCHOOL_DIFFERS: {
    severity: "warning",
    title: "An enrollment names another school than its class",
    meaning: "schoolSourcedId of the enrollment is not the school of the class. Both were kept as they are.",
    fix: "Correct one of them in the SIS. Shared classes may look like this on purpose.",
  },
  STALE_ROW: {
    severity: "warning",
    title: "An older change than the one we have",
    meaning:
      "dateLastModified of a delta row is older than that of the record in the roster. The row was ignored, so that a late delivery undoes nothing.",
    fix: "Nothing has to be done if files arrived in the wrong order. Else correct the clock or the time zone of the SIS.",
  },
  STALE_FILE: {
    severity: "warning",
    title: "An older delivery than the one we have",
    meaning: "The newest change in this delivery is older than that of the last one that was committed. It is held until somebody looks.",
    fix: "Check whether yesterday's file was sent again, and send today's. If going back is meant, release the hold.",
  },
  CHANGED_SINCE: {
    severity: "warning",
    title: "Changed since, so the undo leaves it",
    meaning:
      "You asked to undo a commit. A later commit changed this record again, or archived a record that it would name, so putting it back would take the later change away too.",
    fix: "Look at the record's page: its history says what changed it. If the older values are right, correct them in your SIS; the next delivery brings them.",
  },
} as const satisfies Record<string, CodeHelp>;
