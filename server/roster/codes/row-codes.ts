import type { CodeHelp } from "./code";

/** Findings about one value or one row, told without looking at other rows. Source: SECURITY.md §E 12–70. */
export const ROW_CODES = {
  COLUMN_COUNT: {
    severity: "error",
    title: "The row has too few or too many cells",
    meaning:
      "The row does not have as many cells as the header, so values may stand under the wrong column. The row is left out; its record stays as it is.",
    fix: "Put values that contain commas in double quotes. If a line is cut off, run the export again.",
    example: "Smith, Jr. without quotes makes two cells",
  },
  BAD_QUOTE: {
    severity: "error",
    title: "A double quote in the wrong place",
    meaning:
      "A value holds a double quote that is neither around the whole value nor written twice. The row is left out; its record stays as it is.",
    fix: "A value with a quote is put in quotes, and each quote inside is written twice.",
    example: 'Chevy "The Man" is written "Chevy ""The Man"""',
  },
  CONTROL_CHARACTER: {
    severity: "error",
    title: "An invisible control character",
    meaning:
      "A value holds a character that is no text (a zero byte, a carriage return, a bell). It cannot be stored. The row is left out; its record stays as it is.",
    fix: "Find the value in the SIS, delete it and type it again. Values pasted from mails or PDF files often hold such characters.",
  },
  FIELD_TOO_LONG: {
    severity: "error",
    title: "A value is longer than 4,096 characters",
    meaning: "No roster value is this long; the columns have probably been shifted. The row is left out; its record stays as it is.",
    fix: "Shorten the value in the SIS, or look for a missing quote in the rows before.",
  },
  ID_TOO_LONG: {
    severity: "error",
    title: "An id is longer than 255 characters",
    meaning: "OneRoster limits ids to 255 characters. The row is left out.",
    fix: "Choose a shorter id column in the export.",
  },
  ID_LOOKS_ROUNDED: {
    severity: "error",
    title: "Excel changed this id",
    meaning:
      "The id looks like 1.23457E+11. Excel has rounded it, and the digits are lost: it could name the wrong person. The row is left out, and nobody is archived from this file.",
    fix: "Send the file of the SIS without opening it in Excel. If it must be opened, import the id column as text.",
    example: "1.23457E+11 instead of 123456789012",
  },
  ID_TRIMMED: {
    severity: "warning",
    grouped: true,
    title: "Blanks around an id were removed",
    meaning: "Ids had blanks before or after them. They were removed, so that references find each other.",
    fix: "Correct the ids in the SIS, where the blanks usually come from typing.",
  },
  ID_CHARACTERS: {
    severity: "warning",
    grouped: true,
    title: "Ids with unusual characters",
    meaning: "OneRoster allows letters, digits and . - _ / @ in ids. Others were accepted as they are.",
    fix: "Nothing has to be done for us. An id with a comma cannot be named in a list of ids: choose another id column then.",
  },
  TEXT_NORMALIZED: {
    severity: "warning",
    grouped: true,
    title: "Accents were written in two parts",
    meaning:
      "Ids spell an accented letter as a letter plus an accent. They were brought to the usual form, so that both spellings name the same record.",
    fix: "Nothing has to be done. Files made on a Mac often look like this.",
  },
  REQUIRED: {
    severity: "error",
    title: "A required value is blank",
    meaning: "OneRoster requires a value in this column. The row is left out; its record stays as it is.",
    fix: "Fill the value in the SIS. If many rows are concerned, the export probably takes it from the wrong field.",
  },
  NAME_SINGLE: {
    severity: "warning",
    title: "A person with one name",
    meaning: "Only the given name or only the family name is filled. The person was accepted.",
    fix: "Nothing has to be done if the person has one name. Else fill the other in the SIS.",
  },
  ENUM: {
    severity: "error",
    title: "A word that is not in the list",
    meaning: "The column takes only certain words and the value is none of them. The row is left out; its record stays as it is.",
    fix: "Use one of the words named in the finding, or map the SIS's code to it in the export.",
    example: "teachr instead of teacher",
  },
  ENUM_CASE: {
    severity: "warning",
    grouped: true,
    title: "Words differ in capital letters",
    meaning: "OneRoster's words are case-sensitive. They were read as the word that is meant.",
    fix: "Nothing has to be done for us. Other readers may be stricter.",
    example: "Student read as student",
  },
  ENUM_EXTENDED: {
    severity: "warning",
    grouped: true,
    title: "A word of your own",
    meaning: "OneRoster 1.2 allows own words that start with ext:. They are kept as they are and mean nothing to other products.",
    fix: "Use a standard word where one fits.",
  },
  STATUS_INACTIVE: {
    severity: "warning",
    grouped: true,
    title: "The status inactive",
    meaning: "inactive belongs to OneRoster 1.0. It was read as present but switched off, not as deleted.",
    fix: "Use active, with enabledUser false for people who may not sign in, or tobedeleted.",
  },
  BOOLEAN: {
    severity: "error",
    title: "Neither true nor false",
    meaning:
      "The column takes true or false. The value is neither, nor one of the usual spellings. The row is left out; its record stays as it is.",
    fix: "Export true or false.",
    example: "maybe",
  },
  BOOLEAN_REPAIRED: {
    severity: "warning",
    grouped: true,
    title: "True and false in another spelling",
    meaning: "OneRoster wants true or false. TRUE, Yes, y, 1 and their opposites were read as what they mean.",
    fix: "Nothing has to be done for us. Other readers may be stricter.",
  },
  DATE: {
    severity: "error",
    title: "Not a date",
    meaning:
      "The column takes a day of the calendar as YYYY-MM-DD. The value is another shape, has a time of day, or names a day that does not exist. The row is left out; its record stays as it is.",
    fix: "Export dates as 2026-09-01, without a time.",
    example: "2026-02-29 does not exist",
  },
  DATE_REPAIRED: {
    severity: "warning",
    grouped: true,
    title: "Dates in another shape",
    meaning: "Dates were written as month/day/year (or in the order that the feed is set to) and were read as such.",
    fix: "Export dates as 2026-09-01.",
    example: "9/15/2026 read as 2026-09-15",
  },
  DATE_AMBIGUOUS: {
    severity: "warning",
    grouped: true,
    title: "Dates that can be read in two ways",
    meaning:
      "In 03/04/2026 both numbers could be the month. The date was read in the order of the source (month first) or of the feed's options; the finding shows how.",
    fix: "Export dates as 2026-09-01, or set the order of dates in the feed's options.",
  },
  DATE_ORDER: {
    severity: "error",
    title: "The end is not after the start",
    meaning:
      "End dates are exclusive in OneRoster: the day after the last day. An end on or before the start leaves no day at all. The row is left out; its record stays as it is.",
    fix: "Correct the dates in the SIS, or let the export write the day after the last day.",
  },
  DATE_TIME: {
    severity: "error",
    title: "Not a time of change",
    meaning:
      "dateLastModified must be a date and time with zone. In a delta file the row is left out; in a full list only the value is dropped.",
    fix: "Export it as 2026-08-21T18:25:43Z.",
  },
  DATE_TIME_REPAIRED: {
    severity: "warning",
    grouped: true,
    title: "Times without a zone",
    meaning: "dateLastModified has no time zone or no time. It was read as UTC.",
    fix: "Export it as 2026-08-21T18:25:43Z.",
  },
  YEAR_FORMAT: {
    severity: "error",
    title: "Not a school year",
    meaning:
      "schoolYear is one year of four digits, the year in which the school year ends. The row is left out; its record stays as it is.",
    fix: "Export 2026 for the school year 2025–26.",
    example: "2025-26",
  },
  YEAR_START: {
    severity: "warning",
    title: "The school year names its first year",
    meaning:
      "The session ends in the year after schoolYear, but OneRoster counts the year in which the school year ends. The value was kept as it is.",
    fix: "Export 2026 for the school year 2025–26.",
  },
  GRADE_PADDED: {
    severity: "warning",
    grouped: true,
    title: "Grade levels in another spelling",
    meaning: "Grade levels such as 1, K or PreK were brought to the codes of CEDS: 01, KG, PK.",
    fix: "Nothing has to be done.",
  },
  GRADE_UNKNOWN: {
    severity: "warning",
    grouped: true,
    title: "Grade levels that CEDS does not know",
    meaning: "A grade level is not one of the codes of CEDS (IT, PR, PK, TK, KG, 01 to 13, PS, UG). It was kept as it is.",
    fix: "Map the SIS's code to a CEDS code in the export.",
  },
  LIST_REPAIRED: {
    severity: "warning",
    grouped: true,
    title: "Lists were read with repairs",
    meaning:
      "A list is one quoted cell with commas. Semicolons, empty elements, a comma at the end and ids that stand there twice were repaired.",
    fix: 'Export lists as "g1,g2".',
    example: "g1;g2",
  },
  LISTS_UNEQUAL: {
    severity: "error",
    title: "subjects and subjectCodes differ in length",
    meaning:
      "Each subject belongs to the code at the same position, so both lists must be equally long. The row is left out; its record stays as it is.",
    fix: "Remove commas inside a subject's title (Science Technology and Society), or leave one of the lists blank.",
  },
  USER_IDS: {
    severity: "error",
    title: "userIds cannot be read",
    meaning:
      "Each id is written {Type:Id}, several with commas between them. A brace or colon is missing. The row is left out; its record stays as it is.",
    fix: 'Write "{LDAP:ann},{LTI:42}".',
    example: "{LDAP:Id},{LTI",
  },
  EMAIL_INVALID: {
    severity: "warning",
    title: "Not an e-mail address",
    meaning: "The value could not receive mail. It was dropped; the person was kept.",
    fix: "Correct the address in the SIS.",
    example: "x@y..z",
  },
  LOOKS_BLANK: {
    severity: "warning",
    title: "A word that probably means “nothing”",
    meaning: "NULL, N/A or - is text for us and was kept as it is. Only an empty cell means no value.",
    fix: "Let the export leave the cell empty.",
  },
  LOOKS_DOUBLE_ENCODED: {
    severity: "warning",
    title: "Text that was encoded twice",
    meaning: "The value looks like JosÃ© where José is meant: a program has read UTF-8 as another encoding. It was kept as it is.",
    fix: "If the SIS shows it in the same way, correct it there. Else the export's encoding is set wrongly: choose UTF-8 once, in the first step.",
    example: "JosÃ©",
  },
  CHARACTER_LOST: {
    severity: "warning",
    title: "Letters were lost before the file reached us",
    meaning: "The value holds the replacement character �: the letter that stood there cannot be recovered.",
    fix: "Correct the value in the SIS, or choose UTF-8 in the export.",
  },
  HIDDEN_CHARACTER: {
    severity: "warning",
    title: "Characters that cannot be seen",
    meaning:
      "The value holds characters without a shape of their own (direction marks, zero-width joiners). Two names that look alike may differ by them. It was kept and is marked in the review.",
    fix: "If they were not meant, type the value again in the SIS. Some scripts and emoji need them.",
  },
  PRIMARY_NOT_TEACHER: {
    severity: "warning",
    grouped: true,
    title: "primary is set for people who do not teach",
    meaning: "OneRoster uses primary for teachers only. It was kept as it is and means nothing here.",
    fix: "Nothing has to be done.",
  },
} as const satisfies Record<string, CodeHelp>;
