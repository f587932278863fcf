import { COLUMNS } from "@/server/roster/entities";
import { collectFindings, type Findings } from "@/server/roster/findings";
import type { FileMode } from "@/server/roster/run";
import { parseDateTime } from "../lib/dates";
import { readId, readWord } from "../lib/values";
import type { Row } from "../source";
import { type FileColumn, type FileEntity, KEY_COLUMN, MODIFIED_COLUMN, PASSWORD_COLUMN, STATUS_COLUMN } from "./columns";
import type { Header } from "./header";
import { cellIndex, rowRules } from "./rules";

/** What decides how a record of one file is read. */
export interface MapRules {
  readonly header: Header;
  readonly columns: readonly FileColumn[];
  readonly mode: FileMode;
  /** The manifest or the feed said delta: then status and dateLastModified are required in every row. */
  readonly saidDelta: boolean;
}

interface RecordPlace {
  readonly line: number;
  readonly hash: string;
}

/** Turns the cells of one record (null: its quotes are malformed) into a row; what it finds goes to `findings`. */
export type RowMap = (cells: readonly string[] | null, place: RecordPlace) => Row;

/** The map of one file: columns are looked up once, then each cell passes its reader (6 times faster than a schema per row, PERFORMANCE.md §2). */
export function rowMap(entity: FileEntity, rules: MapRules, findings: Findings): RowMap {
  const { header } = rules;
  const steps = stepsOf(entity, rules);
  const more = rowRules(entity);
  const enabled = entity === "users" ? cellIndex("users", "enabled") : -1;
  const keyAt = header.at.get(KEY_COLUMN) ?? 0;
  const passwordAt = header.at.get(PASSWORD_COLUMN) ?? -1;
  const common = commonReader(rules);
  const width = COLUMNS[entity].length;
  const silent = silence(entity);

  return (cells, { line, hash }) => {
    findings.begin(line);
    if (cells === null) {
      findings.report("BAD_QUOTE", null, { detail: "A double quote stands where none may; a quote inside a value is written twice." });
      return rejected(null, { line, hash, width });
    }
    if (cells.length !== header.width) {
      const hint = cells.length > header.width ? " Quote values that contain commas." : "";
      // Values before the slip still stand in their place: the key does when it comes first.
      const key = keyAt === 0 && cells[0]?.trim() ? readId(cells[0], KEY_COLUMN, silent) : null;
      if (key !== null) findings.name(key);
      findings.report("COLUMN_COUNT", null, {
        detail: `The row has ${cells.length} cells, the header ${header.width} (${cells.length}≠${header.width}).${hint}`,
      });
      return rejected(key, { line, hash, width });
    }
    const rawKey = cells[keyAt] ?? "";
    const key = isBlankCell(rawKey) ? null : readId(rawKey, KEY_COLUMN, findings);
    if (key !== null) findings.name(key);
    else if (findings.isValid())
      findings.report("REQUIRED", KEY_COLUMN, { detail: "sourcedId is blank; the row cannot be told from others." });
    const { status, modifiedAt } = common(cells, findings);
    // What is to be deleted needs no more than its key; the rest is kept where it can be read.
    const told = status === "tobedeleted" ? silent : findings;
    const values = new Array<string | null>(width).fill(null);
    for (const step of steps) {
      const cell = cells[step.index] ?? "";
      if (isBlankCell(cell)) {
        if (step.required) told.report("REQUIRED", step.name, { detail: `${step.name} is blank.` });
      } else values[step.to] = step.read(cell, step.name, told);
    }
    for (const rule of more) rule(values, told);
    if (passwordAt !== -1 && !isBlankCell(cells[passwordAt] ?? ""))
      findings.report("PASSWORD_IGNORED", PASSWORD_COLUMN, { detail: "A password was ignored; it is not stored." });
    silent.take();
    const switchedOff = status === "active" && values[enabled] === "false";
    return {
      valid: findings.isValid(),
      line,
      hash,
      sourceKey: key,
      status: switchedOff ? "inactive" : status,
      modifiedAt,
      extras: null,
      cells: values,
    };
  };
}

/** A row of which no cell can be trusted. Functions of each row stand outside the map: naming one anew costs more than the row. */
function rejected(sourceKey: string | null, { line, hash, width }: RecordPlace & { width: number }): Row {
  const cells = new Array<string | null>(width).fill(null);
  return { valid: false, line, hash, sourceKey, status: "active", modifiedAt: null, extras: null, cells };
}

const isBlankCell = (cell: string): boolean => cell === "" || cell.trim() === "";

/** Findings that nobody asks for. */
const silence = (entity: FileEntity): Findings => collectFindings("", entity);

interface Step {
  readonly name: string;
  readonly index: number;
  readonly to: number;
  readonly required: boolean;
  readonly read: NonNullable<FileColumn["read"]>;
}

function stepsOf(entity: FileEntity, { header, columns }: MapRules): readonly Step[] {
  return columns.flatMap(({ name, to, required, read }) => {
    const index = header.at.get(name);
    return index === undefined || to === null || read === null ? [] : [{ name, index, to: cellIndex(entity, to), required, read }];
  });
}

const readStatusWord = readWord(["active", "inactive", "tobedeleted"], false);

/** Reads status and dateLastModified, whose meaning depends on the mode of the file (R24). */
function commonReader({ header, mode, saidDelta }: MapRules) {
  const statusAt = header.at.get(STATUS_COLUMN) ?? -1;
  const modifiedAt = header.at.get(MODIFIED_COLUMN) ?? -1;
  return (cells: readonly string[], findings: Findings): Pick<Row, "status" | "modifiedAt"> => {
    const word = cells[statusAt] ?? "";
    const stamp = cells[modifiedAt] ?? "";
    if (word === "" && stamp === "" && !saidDelta) return { status: "active", modifiedAt: null };
    return { status: readStatus(word, findings), modifiedAt: readModified(stamp, findings) };
  };

  function readStatus(word: string, findings: Findings): Row["status"] {
    if (isBlankCell(word)) {
      if (saidDelta) findings.report("REQUIRED", STATUS_COLUMN, { detail: "status is blank; every row of a delta file needs one." });
      return "active";
    }
    const status = readStatusWord(word, STATUS_COLUMN, findings);
    if (status === "inactive") {
      findings.report("STATUS_INACTIVE", STATUS_COLUMN, { value: word, detail: "inactive was read as present but switched off." });
      return "inactive";
    }
    // Where absence decides, or where nothing is decided yet, the word archives nobody.
    return status === "tobedeleted" && mode === "delta" ? "tobedeleted" : "active";
  }

  function readModified(stamp: string, findings: Findings): string | null {
    if (isBlankCell(stamp)) {
      if (saidDelta)
        findings.report("REQUIRED", MODIFIED_COLUMN, { detail: "dateLastModified is blank; every row of a delta file needs one." });
      return null;
    }
    const time = parseDateTime(stamp);
    if (mode === "bulk")
      findings.report("BULK_FIELDS", MODIFIED_COLUMN, {
        value: stamp,
        detail: "dateLastModified should be blank in a full list; it is kept for information.",
      });
    if (time === null) {
      if (saidDelta)
        findings.report("DATE_TIME", MODIFIED_COLUMN, {
          value: stamp,
          detail: "This is not a date and time such as 2026-08-21T18:25:43Z.",
        });
      return null;
    }
    if (time.repaired)
      findings.report("DATE_TIME_REPAIRED", MODIFIED_COLUMN, { value: stamp, detail: `The time was read as ${time.iso}.` });
    return time.iso;
  }
}
