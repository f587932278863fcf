import type { Entity } from "@/server/roster/entities";
import { type Issue, seenValue } from "@/server/roster/issue";
import { fileIssue } from "../lib/refused";
import { type FileColumn, HEADER_ONLY_REQUIRED } from "./columns";

/** Where each standard column stands in a file. */
export interface Header {
  /** Index of the column in a record, by standard name; columns that the file lacks are not in it. */
  readonly at: ReadonlyMap<string, number>;
  readonly width: number;
}

const RESERVED: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Compares a header with the columns of its file: by name, whatever the order, the case and blanks inside (SECURITY.md §E 26–30). */
export function readHeader(cells: readonly string[], columns: readonly FileColumn[], place: { file: string; entity: Entity | null }) {
  const issues: Issue[] = [];
  const tell = (code: Issue["code"], detail: string, names: readonly string[]): void => {
    issues.push(fileIssue(code, `${place.file}:1`, { entity: place.entity, column: names.map(seenValue).join(", "), detail }));
  };
  const standard = new Map(columns.map((column) => [plain(column.name), column.name]));
  const names = cells.map((cell) => standard.get(plain(cell)) ?? cell.trim());
  const at = new Map<string, number>();
  const [duplicates, unknown, metadata, repaired]: string[][] = [[], [], [], []] as [string[], string[], string[], string[]];
  for (const [index, name] of names.entries()) {
    if (RESERVED.has(name.toLowerCase())) tell("HEADER_RESERVED", "A column has a name that is reserved; remove it.", [name]);
    else if (name !== "" && names.indexOf(name) < index) duplicates?.push(name);
    else if (standard.get(plain(name)) === name) {
      at.set(name, index);
      if (cells[index] !== name) repaired?.push(cells[index] ?? "");
    } else if (plain(name).startsWith("metadata.")) metadata?.push(name);
    else unknown?.push(name === "" ? `(column ${index + 1})` : name);
  }
  const missing = columns.filter((column) => !at.has(column.name));
  const required = missing.filter((column) => column.required || HEADER_ONLY_REQUIRED.has(column.name)).map((column) => column.name);
  const optional = missing.filter((column) => !required.includes(column.name)).map((column) => column.name);
  if (duplicates?.length) tell("HEADER_DUPLICATE", `Named more than once: ${quoted(duplicates)}.`, duplicates);
  if (required.length > 0) tell("HEADER_MISSING", `Required columns are missing: ${required.join(", ")}.`, required);
  if (repaired?.length) tell("HEADER_NORMALIZED", `Column names were repaired: ${quoted(repaired)}.`, repaired);
  if (optional.length > 0) tell("HEADER_OPTIONAL_MISSING", `Not in the file, so they change nothing: ${optional.join(", ")}.`, optional);
  if (unknown?.length) tell("HEADER_UNKNOWN", `Ignored and not stored: ${quoted(unknown)}.`, unknown);
  if (metadata?.length) tell("HEADER_METADATA", `Extension columns are listed and not stored: ${quoted(metadata)}.`, metadata);
  const order = columns.map((column) => at.get(column.name)).filter((index) => index !== undefined);
  if (order.some((index, place) => index < (order[place - 1] ?? -1)))
    tell("HEADER_ORDER", "The columns stand in another order than OneRoster fixes; they were read by name.", []);
  return { header: { at, width: cells.length } satisfies Header, issues };
}

/** A name without blanks and capital letters; `source_id` does not become `sourcedId`. */
const plain = (name: string): string => name.replace(/\s+/g, "").toLowerCase();

const quoted = (names: readonly string[]): string =>
  names
    .slice(0, 20)
    .map((name) => `“${seenValue(name)}”`)
    .join(", ");
