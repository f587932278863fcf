import type { CodeHelp } from "./code";

/** Findings about one file: its bytes, its header, its mode. Source: SECURITY.md §E 1–37, 53, 54 and §F. */
export const FILE_CODES = {
  FILE_EMPTY: {
    severity: "refusal",
    title: "The file is empty",
    meaning: "The file holds no bytes, or nothing but a byte order mark. Read as a full list it would say that nobody is left.",
    fix: "Run the export again and look at the file before it is sent. If the entity really is not part of your export, leave the file out and say absent in manifest.csv.",
  },
  NO_DATA_ROWS: {
    severity: "refusal",
    title: "The file has a header and no rows",
    meaning:
      "The file was ignored to protect existing records: a full list without rows would archive all of them. OneRoster does not allow it either.",
    fix: "Check the filter of the export (school year, schools). For an entity that you do not send, leave the file out and say absent in manifest.csv.",
  },
  ENCODING_UNKNOWN: {
    severity: "refusal",
    title: "The text encoding cannot be told",
    meaning: "The bytes look like UTF-16 without a byte order mark. Guessing could damage names, so nothing is read.",
    fix: "Choose UTF-8 in the export. In Excel it is called “CSV UTF-8 (Comma delimited)”.",
  },
  ENCODING_NOT_UTF8: {
    severity: "refusal",
    title: "The file is not UTF-8",
    meaning:
      "At the line named, the file holds a byte that is not valid UTF-8. Most often the export used the Windows character set, and every é or ñ would be wrong.",
    fix: "Choose UTF-8 in the export of your SIS. If it cannot, say what it writes (mostly Windows, Western European) under Configure, Characters of files that are not Unicode.",
    example: "Jos\\xE9 instead of José",
  },
  ENCODING_NAME: {
    severity: "refusal",
    title: "The feed is set to an encoding that does not exist",
    meaning: "The file is not UTF-8 and the encoding named in the feed's options is unknown.",
    fix: "Write it as it is usually named: windows-1252, iso-8859-1, macintosh.",
  },
  ENCODING_CONVERTED: {
    severity: "warning",
    title: "The text was converted to UTF-8",
    meaning: "The file came in UTF-16, or in the encoding that the feed is set to, and was converted. OneRoster asks for UTF-8.",
    fix: "Nothing has to be done. Choosing UTF-8 in the export makes the file smaller and the run faster.",
  },
  BOM_DOUBLE: {
    severity: "warning",
    title: "Two byte order marks",
    meaning: "The file starts with the UTF-8 mark twice. Both were skipped.",
    fix: "Two programs in a row add the mark: switch it off in one of them.",
  },
  LINE_ENDINGS: {
    severity: "warning",
    title: "Lines end in an old way",
    meaning: "Lines end with a lone carriage return, as on old Macs. They were read as lines.",
    fix: "Choose Windows (CR LF) or Unix (LF) line ends in the export.",
  },
  LOOKS_LIKE_EXCEL: {
    severity: "refusal",
    title: "An Excel workbook or a zip, not a CSV file",
    meaning: "The file is named .csv and is an Excel workbook (or another zip) inside.",
    fix: "In Excel use “Save as” and “CSV UTF-8”. Better: send the file of the SIS without opening it in Excel, which also changes ids and dates.",
  },
  LOOKS_LIKE_HTML: {
    severity: "refusal",
    title: "A web page, not a CSV file",
    meaning:
      "The file holds a web page, most often a sign-in page: the export needs sign-in, and the script that fetched it was not signed in.",
    fix: "Open the export's address by hand and look at what it returns. Renew the credentials of the job that fetches it.",
  },
  LOOKS_LIKE_JSON: {
    severity: "refusal",
    title: "JSON, not CSV",
    meaning: "The file holds JSON, as the answer of an API does.",
    fix: "Export as CSV, or connect the API itself as a source.",
  },
  LOOKS_LIKE_PDF: {
    severity: "refusal",
    title: "A PDF, not a CSV file",
    meaning: "The file is a PDF document, usually a printed report.",
    fix: "Choose CSV as the format of the export.",
  },
  LOOKS_LIKE_GZIP: {
    severity: "refusal",
    title: "A gzip archive, not a CSV file",
    meaning: "The file is compressed with gzip.",
    fix: "Unpack it first, or send the files as one zip.",
  },
  RECORD_TOO_LARGE: {
    severity: "refusal",
    title: "A line without an end",
    meaning: "One record is longer than 2 MB. The file is probably not a CSV file, or has lost its line breaks.",
    fix: "Run the export again and check the line end setting.",
  },
  ROW_LIMIT: {
    severity: "refusal",
    title: "More than 4 million rows",
    meaning: "One file may hold at most 4 million rows. Nothing was read.",
    fix: "Check that the export holds the current school year only.",
  },
  TOO_MANY_COLUMNS: {
    severity: "refusal",
    title: "More than 200 columns",
    meaning: "The header names more than 200 columns; the longest OneRoster file has fewer than 25.",
    fix: "Check that the first line is the header, and that the columns are separated by commas.",
  },
  QUOTE_NOT_CLOSED: {
    severity: "refusal",
    title: "A quote was opened and never closed",
    meaning:
      "At the line named, a value starts with a double quote that does not end. All that follows would be swallowed as one value, so nothing is read.",
    fix: "A quote inside a value is written twice. Correct the value in the SIS, or tell the maker of the export that quotes are not escaped.",
    example: '"Smith, Ann without the closing quote',
  },
  ONE_COLUMN_ONLY: {
    severity: "refusal",
    title: "The header is a single column",
    meaning: "No comma was found in the first line. The columns are probably separated by tabs.",
    fix: "Choose comma as the separator of the export.",
  },
  DELIMITER_GUESSED: {
    severity: "warning",
    title: "Columns are separated by semicolons",
    meaning: "The header holds semicolons and no comma, so the file was read with semicolons. Excel writes this in many countries.",
    fix: "Choose comma as the separator, or send the file of the SIS without saving it in Excel.",
  },
  HEADER_DUPLICATE: {
    severity: "refusal",
    title: "A column name appears twice",
    meaning: "Two columns have the same name, so it is unknown which one counts.",
    fix: "Remove or rename one of them in the export.",
    example: "email,email",
  },
  HEADER_MISSING: {
    severity: "refusal",
    title: "Required columns are missing",
    meaning: "The header lacks columns that OneRoster requires. All of them are named at once. A misspelled name counts as missing.",
    fix: "Add the columns to the export with the exact names of OneRoster, sourcedId for instance, not source_id.",
  },
  HEADER_OPTIONAL_MISSING: {
    severity: "warning",
    title: "Optional columns are missing",
    meaning:
      "OneRoster wants every column in the header, also when it is blank. Missing ones were taken as not supplied: they change nothing.",
    fix: "Nothing has to be done for us. Add the blank columns if other products read the same files.",
  },
  HEADER_NORMALIZED: {
    severity: "warning",
    title: "Column names were repaired",
    meaning: "Column names differ from OneRoster in capital letters or blanks and were read as the standard name.",
    fix: "Write the names as in OneRoster: sourcedId, givenName.",
    example: "“ Sourced ID ” read as sourcedId",
  },
  HEADER_ORDER: {
    severity: "warning",
    title: "Columns stand in another order",
    meaning: "OneRoster fixes the order of the columns. They were read by name, so nothing is lost.",
    fix: "Nothing has to be done for us. Other readers may be stricter.",
  },
  HEADER_UNKNOWN: {
    severity: "warning",
    title: "Columns that we do not know",
    meaning: "The columns named are not part of OneRoster. They were ignored and are not stored.",
    fix: "Leave them out of the export, most of all if they hold sensitive data.",
    example: "ssn",
  },
  HEADER_METADATA: {
    severity: "warning",
    title: "Extension columns are not stored",
    meaning: "Columns named metadata.… are allowed extensions. They are listed here and are not stored.",
    fix: "Nothing has to be done. Leave them out of the export if they hold sensitive data.",
  },
  HEADER_RESERVED: {
    severity: "refusal",
    title: "A column name is not allowed",
    meaning: "The header holds a name that programs reserve for themselves. No SIS exports it.",
    fix: "Remove the column.",
    example: "__proto__",
  },
  DELTA_FIELDS: {
    severity: "refusal",
    title: "A delta file without status or dateLastModified",
    meaning:
      "The manifest or the feed says that the file lists changes only. Then every row needs a status and the time of its change, and this file has none.",
    fix: "Let the SIS fill both columns, or say bulk if the file is a full list.",
  },
  MODE_ASSUMED: {
    severity: "warning",
    title: "Full list or changes only? Not said",
    meaning:
      "There is no manifest, every row has the status active, and none is to be deleted. The file was read as a list of changes: rows are added and edited, nobody is archived.",
    fix: "Answer the question on the run's report: is this file always the full list (bulk) or only what changed (delta)? The feed remembers the answer.",
  },
  SPEC_FORBIDS: {
    severity: "warning",
    title: "A full list with the status column filled",
    meaning:
      "The manifest says bulk, but rows carry a status, which OneRoster forbids in a bulk file. It is undecided whether the file is a full list; rows are added and edited, nobody is archived.",
    fix: "Answer the question on the run's report (bulk or delta), or let the SIS leave status and dateLastModified blank in bulk files.",
  },
  BULK_FIELDS: {
    severity: "warning",
    grouped: true,
    title: "dateLastModified is filled in a full list",
    meaning: "OneRoster wants dateLastModified blank in bulk files. The value is kept for information only.",
    fix: "Nothing has to be done.",
  },
  PASSWORD_IGNORED: {
    severity: "warning",
    grouped: true,
    title: "Passwords were ignored",
    meaning: "The file has passwords. They were emptied before anything was kept; only their number is known.",
    fix: "Switch the password column off in the export. Passwords should not leave your SIS.",
  },
  BLANK_ROWS: {
    severity: "warning",
    grouped: true,
    title: "Blank lines were skipped",
    meaning: "Lines without any value were skipped. They are not counted as rows.",
    fix: "Nothing has to be done. Files edited in Excel often end with such lines.",
  },
} as const satisfies Record<string, CodeHelp>;
