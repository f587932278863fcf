import type { Entity } from "@/server/roster/entities";
import type { Issue } from "@/server/roster/issue";
import type { FileMode } from "@/server/roster/run";
import { type CellSpan, findCell } from "../lib/cells";
import type { Watch } from "../lib/csv-file";
import { fileIssue } from "../lib/refused";
import { MODIFIED_COLUMN, STATUS_COLUMN } from "./columns";
import type { Header } from "./header";

/** How the rows of one file fill the two columns that only a delta may fill. */
export interface StatusCounts {
  filled: number;
  deletions: number;
  dated: number;
}

/** Counts the status column while the file is scanned, in its bytes. `dates`: also dateLastModified, which only a delta needs. */
export function watchStatus(header: Header, delimiter: number, dates: boolean): { counts: StatusCounts; watch: Watch } {
  const counts: StatusCounts = { filled: 0, deletions: 0, dated: 0 };
  const span: CellSpan = { start: -1, end: -1 };
  const [status, modified] = [header.at.get(STATUS_COLUMN), header.at.get(MODIFIED_COLUMN)];
  const watch: Watch = (block, index) => {
    if (status !== undefined) {
      findCell(block, index, { column: status, delimiter, span });
      if (span.end > span.start) {
        const word = wordOf(block.buffer.toString("latin1", span.start, span.end));
        if (word !== "") counts.filled += 1;
        if (word === "tobedeleted") counts.deletions += 1;
      }
    }
    if (!dates || modified === undefined) return;
    findCell(block, index, { column: modified, delimiter, span });
    if (span.end > span.start && wordOf(block.buffer.toString("latin1", span.start, span.end)) !== "") counts.dated += 1;
  };
  return { counts, watch };
}

const wordOf = (cell: string): string => cell.replace(/^"|"$/g, "").trim().toLowerCase();

export interface ModeQuestion {
  readonly file: string;
  readonly entity: Entity | null;
  readonly feed: "bulk" | "delta" | null;
  readonly manifest: "bulk" | "delta" | null;
  readonly counts: StatusCounts;
}

/**
 * How a file is read: the feed's word, else the manifest's, else what the rows show (R24). A contradiction or a doubt is
 * `undecided`: rows are added and edited, nothing is archived, and a person is asked.
 */
export function decideMode({ file, entity, feed, manifest, counts }: ModeQuestion): { mode: FileMode; issues: readonly Issue[] } {
  const said = feed ?? manifest;
  if (said === "delta") {
    const missing = [...(counts.filled === 0 ? [STATUS_COLUMN] : []), ...(counts.dated === 0 ? [MODIFIED_COLUMN] : [])];
    if (missing.length === 0) return { mode: "delta", issues: [] };
    const detail = `The file lists changes only, but no row fills ${missing.join(" and ")}.`;
    return { mode: "delta", issues: [fileIssue("DELTA_FIELDS", file, { entity, column: missing.join(", "), detail })] };
  }
  if (feed === "bulk" || counts.filled === 0) return { mode: "bulk", issues: [] };
  if (manifest === "bulk") {
    const detail = `The manifest says bulk, but ${counts.filled} rows have a status; nobody is archived until it is clear which is meant.`;
    return { mode: "undecided", issues: [fileIssue("SPEC_FORBIDS", file, { entity, column: STATUS_COLUMN, detail })] };
  }
  if (counts.deletions > 0) return { mode: "delta", issues: [] };
  const detail = "Nothing says whether this is the full list or only changes; it was read as changes, and nobody is archived.";
  return { mode: "undecided", issues: [fileIssue("MODE_ASSUMED", file, { entity, column: STATUS_COLUMN, detail })] };
}
