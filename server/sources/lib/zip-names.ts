import { type Entry, getFileNameLowLevel } from "yauzl";
import { type Issue, seenValue } from "@/server/roster/issue";
import { fileIssue } from "./refused";

/** The path of an entry with forward slashes, or null where it points outside the zip or could mislead. */
export function entryName(entry: Entry): string | null {
  const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true).replaceAll("\\", "/");
  const forbidden = FORBIDDEN.test(name) || name.startsWith("/") || /^[a-z]:/i.test(name) || name.split("/").includes("..");
  return forbidden || name === "" ? null : name;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters and look-alikes of the slash are what is refused.
const FORBIDDEN = /[\u0000-\u001f\u007f\u2044\u2215\u29f8\uff0f\uff3c]/;

/** Whether the entry was stored as a symbolic link (Unix mode in the upper half of the attributes). */
export const isLink = (entry: Entry): boolean => ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000;

export const isArchive = (name: string): boolean => /\.(zip|gz|tgz|tar|bz2|xz|7z|rar)$/i.test(name);

/**
 * The files among the entries: without directories and what macOS and Windows leave behind, and without one folder around
 * all of them. A base name that appears twice, in whatever folder and case, refuses the package.
 */
export function filesOf(packageName: string, entries: readonly { name: string; entry: Entry }[]) {
  const found = entries.filter(({ name }) => !name.endsWith("/") && !isLeftover(name));
  const issues: Issue[] = [];
  const folder = wrappingFolder(found.map(({ name }) => name));
  if (folder !== null) {
    const detail = `The files lie in the folder “${seenValue(folder)}” of the zip; it was ignored.`;
    issues.push(fileIssue("PACKAGE_FOLDER", packageName, { detail }));
  }
  const files = found.map(({ name, entry }) => ({ name: folder === null ? name : name.slice(folder.length + 1), entry }));
  const names = new Set<string>();
  for (const { name } of files) {
    const base = baseName(name).toLowerCase();
    if (names.has(base)) issues.push(duplicateFile(packageName, base));
    names.add(base);
  }
  return { files, issues };
}

/** The refusal of two files with one name. */
export const duplicateFile = (at: string, name: string): Issue =>
  fileIssue("DUPLICATE_FILE", at, { detail: `${seenValue(name)} appears more than once; keep one.`, seen: seenValue(name) });

const baseName = (name: string): string => name.slice(name.lastIndexOf("/") + 1);

const isLeftover = (name: string): boolean =>
  name.split("/").includes("__MACOSX") || /^(\.DS_Store|Thumbs\.db|desktop\.ini|\._.*)$/i.test(baseName(name));

function wrappingFolder(names: readonly string[]): string | null {
  const [first] = names;
  if (first === undefined || !first.includes("/")) return null;
  const folder = first.slice(0, first.indexOf("/"));
  return names.every((name) => name.startsWith(`${folder}/`)) ? folder : null;
}
