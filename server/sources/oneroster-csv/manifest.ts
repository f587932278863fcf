import { type Issue, seenValue } from "@/server/roster/issue";
import { cellsOf } from "../lib/cells";
import { openCsv } from "../lib/csv-file";
import { DeliveryRefused, fileIssue } from "../lib/refused";
import type { DeliveryFile, Spool } from "../source";
import { ENTITY_FILES, FILES_NOT_READ, type OneRosterVersion, PROFILES_FILE, ROLES_FILE } from "./columns";

export const MANIFEST_FILE = "manifest.csv";

/** What a manifest says: the version, and for each file by name whether it was sent and how. */
export interface Manifest {
  readonly version: OneRosterVersion;
  readonly modes: ReadonlyMap<string, "absent" | "bulk" | "delta">;
}

const PROPERTIES: ReadonlySet<string> = new Set(["manifest.version", "oneroster.version", "source.systemName", "source.systemCode"]);
const READ_FILES = [...Object.values(ENTITY_FILES), ROLES_FILE, PROFILES_FILE];
const FILES_BY_LOWER = new Map([...READ_FILES, ...FILES_NOT_READ].map((name) => [name.toLowerCase(), name]));

/** The standard name of a file, whatever its case, or null where OneRoster knows no such file. */
export const standardName = (name: string): string | null =>
  name.toLowerCase() === MANIFEST_FILE ? MANIFEST_FILE : (FILES_BY_LOWER.get(name.toLowerCase()) ?? null);

/**
 * Reads manifest.csv and compares it with the files that came (`arrived`: standard names). What does not fit refuses the
 * delivery: a file that was forgotten must not look like one in which everybody is missing (SECURITY.md §E 81).
 */
export async function readManifest(file: DeliveryFile, arrived: readonly string[], spool: Spool) {
  const issues: Issue[] = [];
  const refuse = (detail: string, line: number | null, seen?: string): void => {
    const at = line === null ? file.name : `${file.name}:${line}`;
    issues.push(fileIssue("MANIFEST", at, { detail, ...(seen === undefined ? {} : { seen: seenValue(seen) }) }));
  };
  const repair = (detail: string, line: number, seen: string): void => {
    issues.push(fileIssue("MANIFEST_REPAIRED", `${file.name}:${line}`, { detail, seen: seenValue(seen) }));
  };
  const properties = new Map<string, { value: string; line: number }>();
  try {
    const csv = await openCsv(file, {
      encoding: null,
      spool,
      watch: (header, delimiter) => {
        const names = header.map((cell) => cell.trim().toLowerCase());
        if (names[0] !== "propertyname" || names[1] !== "value") {
          refuse("The header of the manifest must be propertyName,value.", 1, header.join(","));
          return null;
        }
        return (block, index) => {
          const line = block.lines[index] ?? 0;
          const cells = cellsOf(block, index, { delimiter, ascii: false });
          const [name, value] = [cells?.[0]?.trim(), cells?.[1]?.trim()];
          if (name === undefined || value === undefined) refuse("A line of the manifest cannot be read.", line);
          else if (properties.has(name)) refuse("A property stands in the manifest twice.", line, name);
          else properties.set(name, { value, line });
        };
      },
    });
    issues.push(...csv.issues);
  } catch (error) {
    if (!(error instanceof DeliveryRefused)) throw error;
    return { manifest: null, issues: [error.issue] };
  }
  if (issues.some((issue) => issue.severity === "refusal")) return { manifest: null, issues };

  const modes = new Map<string, "absent" | "bulk" | "delta">();
  for (const [name, { value, line }] of properties) {
    if (!name.startsWith("file.")) {
      if (!PROPERTIES.has(name)) repair("OneRoster knows no such property; it was ignored.", line, name);
      continue;
    }
    const known = FILES_BY_LOWER.get(`${name.slice("file.".length)}.csv`.toLowerCase());
    if (known === undefined) {
      repair("OneRoster knows no such file; the line was ignored.", line, name);
      continue;
    }
    const mode = value.toLowerCase();
    if (mode !== "absent" && mode !== "bulk" && mode !== "delta") {
      refuse(`${name} must be absent, bulk or delta.`, line, value);
      continue;
    }
    if (mode !== value) repair(`The value was read as ${mode}.`, line, value);
    modes.set(known, mode);
    const came = arrived.includes(known);
    if (came === (mode !== "absent")) continue;
    const detail = came
      ? `The manifest says that ${known} is absent, but it came.`
      : `The manifest says ${mode}, but ${known} did not come.`;
    if (FILES_NOT_READ.includes(known)) repair(detail, line, known);
    else refuse(detail, line, known);
  }
  for (const name of arrived) {
    if (READ_FILES.includes(name) && !modes.has(name)) refuse(`The manifest does not name ${name}, but it came.`, null, name);
  }
  const version = versionOf(properties, refuse);
  return { manifest: { version, modes } satisfies Manifest, issues };
}

function versionOf(
  properties: ReadonlyMap<string, { value: string; line: number }>,
  refuse: (detail: string, line: number | null, seen?: string) => void,
): OneRosterVersion {
  const stated = properties.get("oneroster.version");
  const version = stated?.value.replace(/^(1\.[12])\.\d+$/, "$1");
  if (version === "1.1" || version === "1.2") return version;
  refuse("oneroster.version must be 1.1 or 1.2.", stated?.line ?? null, stated?.value ?? "");
  return "1.1";
}
