import { STAFF_ROLES } from "@/server/auth/permissions";
import { ENTITIES } from "@/server/roster/entities";
import { ENVIRONMENTS } from "@/server/roster/run";
import { SOURCES } from "@/server/sources";
import type { Command, Given } from "./command";

/** The code of a line that cannot be understood (EX_USAGE), where no contract of a command says otherwise. */
export const EXIT_MISUSED = 64;

const NOT_UNDERSTOOD = { [EXIT_MISUSED]: "the line could not be understood; nothing was done" } as const;
const json = { says: "print nothing but JSON on standard output" } as const;
const institution = { word: "SLUG", required: true, says: "which institution, by the short name in its addresses" } as const;
const environment = {
  word: ENVIRONMENTS.join("|"),
  choices: ENVIRONMENTS,
  default: "preview",
  says: "which of its two rosters",
} as const;
const mode = {
  word: "bulk|delta",
  choices: ["bulk", "delta"],
  says: "bulk: each file is the whole list. delta: each file holds changes only. Unset: as manifest and rows say",
} as const;
const source = {
  word: "KIND",
  choices: SOURCES.map(({ key }) => key),
} as const;

/** Every command, by its words. What runs, what is read from a line and what its help says come from here. */
export const COMMANDS = {
  check: {
    does: "Read a delivery and say what is wrong with it, without a database",
    more: "It says what a sync would say about the data: rows that cannot be read, references that lead nowhere, and what is repaired.",
    operands: { word: "FILE…", required: true, says: "zips, CSV files, or folders of them" },
    options: {
      source: { ...source, default: SOURCES[0]?.key ?? "", says: "how the files are read" },
      mode,
      encoding: { word: "NAME", says: "characters of files that are not Unicode, such as windows-1252. Unset: they are refused" },
      json,
    },
    example: "npm run -s rollcall -- check export.zip --mode bulk",
    exits: { 0: "clean; there may be warnings", 1: "some rows are in error", 2: "the delivery is refused, or the line was not understood" },
    misused: 2,
  },
  sync: {
    does: "Bring files in, prepare a run, and commit it when asked",
    more: "The files come in by the same door as an upload. The plan waits for review unless --commit is given; what a hold stops is never\ncommitted by itself. It waits until the run has ended, however long that takes.",
    operands: { word: "PATH…", required: false, says: "more files, after the first --file" },
    options: {
      institution,
      feed: { word: "NAME", required: true, says: "which of its feeds" },
      file: { word: "PATH", required: true, many: true, says: "a zip or CSV file, 1 GB at most; may be repeated" },
      environment,
      full: { says: "compare every line with the roster; this is also what happens without --quick" },
      quick: { says: "skip lines that are as they were at the last commit" },
      mode: { ...mode, says: "as in check, and kept by the feed for all its files. Unset: as feed, manifest and rows say" },
      commit: { says: "commit the plan unless it is held" },
      source: { ...source, says: "make the feed when there is none of that name, of this kind" },
      json,
    },
    example: 'npm run -s rollcall -- sync --institution lakeside --feed "SIS export" --file monday.zip --quick --commit',
    exits: { 0: "ready, committed, or nothing to change", 1: "held, refused or failed", ...NOT_UNDERSTOOD },
    misused: EXIT_MISUSED,
  },
  export: {
    does: "Print the current rows of an entity as JSON lines",
    more: 'One object a line, by source key. Archived rows are among them and say so in "status".',
    options: {
      institution,
      environment,
      entity: { word: "ENTITY", choices: ENTITIES, required: true, says: "whose rows" },
      json: { says: "taken as everywhere; JSON is all that this prints" },
    },
    example: "npm run -s rollcall -- export --institution lakeside --entity users",
    exits: { 0: "all rows are printed", 1: "there is no such institution", ...NOT_UNDERSTOOD },
    misused: EXIT_MISUSED,
  },
  "institution create": {
    does: "Make an institution and print a link with which its owner signs in",
    more: "It gets its Preview and Production, and its first owner. The link works once, within ten minutes.",
    options: {
      slug: { word: "SLUG", required: true, says: "its short name in addresses: small letters, digits and hyphens, at most 63" },
      name: { word: "NAME", required: true, says: "its name as people read it" },
      zone: { word: "ZONE", required: true, says: "its time zone, such as America/Chicago" },
      owner: { word: "E-MAIL", required: true, says: "the address of its first owner" },
      json,
    },
    example:
      'npm run -s rollcall -- institution create --slug lakeside --name "Lakeside Unified" --zone America/Chicago --owner dana@lakeside.example',
    exits: { 0: "it is made", 1: "it is not made: the slug is taken, or a value cannot be right", ...NOT_UNDERSTOOD },
    misused: EXIT_MISUSED,
  },
  "staff add": {
    does: "Make somebody one of the vendor's staff",
    more: "The way to the first admin, who adds the others on a page. Prints a link with which they sign in, once, within ten minutes, and then\nset a second factor up. Who is staff already keeps their role.",
    options: {
      email: { word: "E-MAIL", required: true, says: "their address" },
      role: { word: STAFF_ROLES.join("|"), choices: STAFF_ROLES, required: true, says: "what they may do" },
      name: { word: "NAME", says: "their name as people read it" },
      json,
    },
    example: 'npm run -s rollcall -- staff add --email sam@vendor.example --role admin --name "Sam Ortiz"',
    exits: { 0: "they are staff", 1: "they are not: a value cannot be right", ...NOT_UNDERSTOOD },
    misused: EXIT_MISUSED,
  },
  "staff reset": {
    does: "Take a lost second factor of one of the vendor's staff away",
    more: "All their second factors and recovery codes go. Prints a link with which they sign in, once, within ten minutes, and then set a new\none up.",
    options: { email: { word: "E-MAIL", required: true, says: "their address" }, json },
    example: "npm run -s rollcall -- staff reset --email sam@vendor.example",
    exits: { 0: "the second factors are gone", 1: "there is nobody of that address among the staff", ...NOT_UNDERSTOOD },
    misused: EXIT_MISUSED,
  },
  "secrets rotate": {
    does: "Seal anew what lies under the deployment's secret before this one",
    more: "Set ROLLCALL_SECRET to the new one and ROLLCALL_PREVIOUS_SECRET to the old one, start the system with both, and run this. It may be\nstopped and run again. When doctor counts nothing under the old one any more, unset it. Links in mails that were sent before end with\nthe old secret, staff's recovery codes too, and everybody signs in anew.",
    options: { json },
    example: "npm run -s rollcall -- secrets rotate",
    exits: { 0: "all is sealed under the new secret", 1: "something opens under neither, or there is no secret before", ...NOT_UNDERSTOOD },
    misused: EXIT_MISUSED,
  },
  "certificate verify": {
    does: "Say whether a certificate of a deleted institution is as it was signed",
    more: "It needs the secret of the deployment that signed it, and no database.",
    operands: { word: "FILE", required: true, says: "the certificate" },
    options: { json },
    example: "npm run -s rollcall -- certificate verify certificate.json",
    exits: { 0: "signed by this deployment and as it was", 1: "not signed by it, changed, or not readable", ...NOT_UNDERSTOOD },
    misused: EXIT_MISUSED,
  },
  doctor: {
    does: "Say whether everything that this deployment needs is there",
    more: "One line each for database, migrations, invariants, audit, secrets, object store, mail and executor. It changes nothing.",
    options: { json },
    example: "npm run -s rollcall -- doctor",
    exits: { 0: "nothing failed; there may be warnings", 1: "something failed", ...NOT_UNDERSTOOD },
    misused: EXIT_MISUSED,
  },
  demo: {
    does: "Start the whole system and play the main job on a generated district",
    more: "It goes through the doors that people use, prints links to sign in with, and stays up for the browser until Ctrl-C.",
    options: { exit: { says: "end when it is played, with a code that says whether every count is what a second reading computes" } },
    example: "npm run demo -- --exit",
    exits: { 0: "it was stopped, or every count is right", 1: "with --exit: a count is wrong", ...NOT_UNDERSTOOD },
    misused: EXIT_MISUSED,
  },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof COMMANDS;

/** What a line gives to the command of this name. */
export type GivenTo<Name extends CommandName> = Given<(typeof COMMANDS)[Name]>;
