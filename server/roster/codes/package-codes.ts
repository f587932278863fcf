import type { CodeHelp } from "./code";

/** Findings about what arrived as a whole: the zip, its names, the manifest. Source: SECURITY.md §E 75–81 and §F. */
export const PACKAGE_CODES = {
  PACKAGE_EMPTY: {
    severity: "refusal",
    title: "No roster file found",
    meaning: "The delivery holds none of the files that this source reads, so there is nothing to compare with the roster.",
    fix: "Send the OneRoster CSV files (orgs.csv, users.csv and so on) as they leave your SIS, as one zip or as loose files with their own names.",
  },
  PACKAGE_FOLDER: {
    severity: "warning",
    title: "The files lie in a folder inside the zip",
    meaning: "OneRoster wants the CSV files at the top of the zip. The one folder around them was ignored and the files were read.",
    fix: "Zip the files themselves instead of the folder that holds them.",
    example: "export/users.csv instead of users.csv",
  },
  FILE_UNKNOWN: {
    severity: "warning",
    title: "A file that we do not know",
    meaning: "The delivery holds a file that is not part of OneRoster. It was not read and nothing of it is stored.",
    fix: "Leave it out of the export, or check its name if you expected it to be read: user.csv is not users.csv.",
  },
  FILE_NOT_READ: {
    severity: "warning",
    title: "A file that we do not read",
    meaning: "Only rostering data is asked for. Demographics, grades, results and resources are recognised, named here and never opened.",
    fix: "Switch these files off in the export of your SIS. It is safer for them not to leave it.",
    example: "demographics.csv",
  },
  DUPLICATE_FILE: {
    severity: "refusal",
    title: "The same file twice",
    meaning:
      "Two files of the delivery have the same name once folders and capital letters are ignored, so it is unknown which one counts.",
    fix: "Keep one of them. Old exports often stay in the folder that is zipped: empty it before each export.",
    example: "users.csv and old/Users.csv",
  },
  FILE_TOO_LARGE: {
    severity: "refusal",
    title: "A file is larger than 1 GB",
    meaning: "One file may hold at most 1 GB. Nothing was read.",
    fix: "Check that the export holds the current school year only. Write to support if your institution really is this large.",
  },
  DELIVERY_TOO_LARGE: {
    severity: "refusal",
    title: "The delivery is larger than 2 GB",
    meaning: "All files of one delivery together may hold at most 2 GB unpacked. Nothing was read.",
    fix: "Leave out files that are not rostering data (demographics, results), and past school years.",
  },
  ZIP_LIMIT: {
    severity: "refusal",
    title: "The zip unpacks to more than is allowed",
    meaning:
      "A file in the zip grows beyond 1 GB, all of them beyond 2 GB, one to more than 200 times its packed size, or entries share the same bytes. Archives built to exhaust a server look like this.",
    fix: "Create the zip again from the CSV files. If your files really are this large, send them as loose files.",
  },
  ZIP_TOO_MANY_ENTRIES: {
    severity: "refusal",
    title: "Too many files in the zip",
    meaning: "A zip may hold at most 50 files. A OneRoster package has at most 22.",
    fix: "Zip the OneRoster CSV files alone.",
  },
  ZIP_PATH: {
    severity: "refusal",
    title: "A file name in the zip points outside it",
    meaning:
      "An entry has an absolute path, a drive letter, a `..` or a forbidden character in its name. Such a name could write over other files.",
    fix: "Create the zip again with an ordinary program, from plain file names.",
    example: "../../etc/users.csv",
  },
  ZIP_SYMLINK: {
    severity: "refusal",
    title: "The zip holds a link instead of a file",
    meaning: "An entry is a symbolic link. Links are never followed.",
    fix: "Zip the files themselves. With the zip command leave out the option -y.",
  },
  ZIP_NESTED: {
    severity: "refusal",
    title: "An archive inside the zip",
    meaning: "An entry of the zip is an archive itself. Only one level is unpacked.",
    fix: "Unpack the inner archive and put its CSV files into one zip.",
  },
  ZIP_ENCRYPTED: {
    severity: "refusal",
    title: "The zip has a password",
    meaning: "An entry is encrypted, so it cannot be read.",
    fix: "Switch the password off. Transport is encrypted already, and what is kept of a delivery is sealed.",
  },
  ZIP_TRUNCATED: {
    severity: "refusal",
    title: "The zip is not complete",
    meaning: "The end of the zip is missing, or an entry stops before its end. The transfer was probably cut off.",
    fix: "Send it again. If your SIS writes straight to the server, let it write under another name and rename the file when it is done.",
  },
  ZIP_SIZE_MISMATCH: {
    severity: "refusal",
    title: "A file in the zip is not as long as it says",
    meaning: "The zip announces one size for an entry and unpacks to another. It is damaged or was made to mislead.",
    fix: "Create the zip again and send it.",
  },
  ZIP_DAMAGED: {
    severity: "refusal",
    title: "The zip is damaged",
    meaning:
      "The zip cannot be read: its directory is wrong, an entry does not match its checksum, or it uses a method of compression other than deflate.",
    fix: "Create the zip again with an ordinary program (the zip of Windows, macOS or Linux) and send it.",
  },
  MANIFEST: {
    severity: "refusal",
    title: "The manifest does not match the delivery",
    meaning:
      "manifest.csv names a file that is not there, does not name one that is, holds a word that OneRoster does not know, or speaks of another version. A file that was forgotten would look like a file in which everybody is missing, so nothing is read.",
    fix: "Export again and let the SIS write the manifest. For each file it says absent, bulk or delta; oneroster.version is 1.1 or 1.2.",
    example: "file.users,bulk without a users.csv",
  },
  MANIFEST_REPAIRED: {
    severity: "warning",
    title: "The manifest was read with repairs",
    meaning:
      "A word of manifest.csv was not written as OneRoster asks (capital letters, blanks, an unknown property), or it speaks wrongly of a file that we do not read. Its meaning was clear.",
    fix: "Nothing needs to be done for us. Other readers may be stricter: tell the maker of your SIS.",
    example: "file.users,Bulk",
  },
} as const satisfies Record<string, CodeHelp>;
