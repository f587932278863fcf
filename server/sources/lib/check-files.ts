import { COLUMNS, type Entity } from "@/server/roster/entities";
import type { Issue } from "@/server/roster/issue";
import { helpOf } from "@/server/roster/issue-codes";
import type { CheckLine, CheckReport, ColumnReport, DeliveryFile, DeliveryFiles, EntityReader, LineSpan, Reading } from "../source";
import { maskedValue } from "./mask";

/** So much of each file is looked at. */
const HEAD_BYTES = 512 * 1024;
/** So many rows are counted for how well a column is filled. */
const ROWS_MAX = 1_000;
const SAMPLES_MAX = 3;

/** Reads the beginning of every file as the source reads files, and says for each what was found. */
export async function checkFiles(delivery: DeliveryFiles, open: (heads: DeliveryFiles) => Promise<Reading>): Promise<CheckReport> {
  const files = delivery.files.map(headOf);
  const cut = new Set(files.filter((file) => file.isHead).map((file) => baseName(file.name)));
  const reading = await open({ ...delivery, files });
  const columns: ColumnReport[] = [];
  const errors = new Map<string, Looked>();
  for (const reader of reading.readers) {
    const looked = await lookAt(reader);
    columns.push(...looked.columns);
    errors.set(reader.file, looked);
  }
  return { lines: linesOf(reading, { cut, errors }), columns };
}

/** The whole file, or its beginning. */
function headOf(file: DeliveryFile): DeliveryFile {
  if (file.bytes <= HEAD_BYTES) return file;
  return {
    name: file.name,
    bytes: HEAD_BYTES,
    isHead: true,
    read: (from = 0, to = HEAD_BYTES) => file.read(from, Math.min(to, HEAD_BYTES)),
  };
}

/** Rows of a file that were looked at, and how many of them are in error. */
interface Looked {
  readonly rows: number;
  readonly errors: number;
}

function linesOf(reading: Reading, { cut, errors }: { cut: ReadonlySet<string>; errors: ReadonlyMap<string, Looked> }): CheckLine[] {
  const refused = reading.issues.filter((issue) => issue.severity === "refusal");
  const ofFile = (name: string): Issue[] => reading.issues.filter((issue) => fileOf(issue) === name);
  const names = new Set(reading.files.map((file) => file.name));
  const lines = refused.filter((issue) => !names.has(fileOf(issue))).map((issue) => failed(fileOf(issue), issue));
  for (const file of reading.files) {
    const issues = ofFile(file.name);
    const refusal = issues.find((issue) => issue.severity === "refusal");
    const looked = errors.get(file.name);
    if (refusal !== undefined) lines.push(failed(file.name, refusal));
    else if (looked !== undefined && looked.errors > 0) lines.push(rowsInError(file.name, looked));
    else if (file.entity !== null && file.mode !== "absent") lines.push(read(file, { cut, remark: issues.find(isRemarkable) }));
    else if (file.bytes > 0) lines.push({ label: file.name, outcome: "ok", seen: "not needed, not read" });
  }
  return lines;
}

function read(file: Reading["files"][number], { cut, remark }: { cut: ReadonlySet<string>; remark: Issue | undefined }): CheckLine {
  const rows = `${file.rows.toLocaleString("en-US")} ${file.rows === 1 ? "row" : "rows"}`;
  const seen = cut.has(baseName(file.name)) ? `the first ${rows}` : rows;
  if (remark === undefined) return { label: file.name, outcome: "ok", seen };
  return { label: file.name, outcome: "warning", seen, cause: remark.detail, fix: helpOf(remark.code).fix, code: remark.code };
}

const failed = (label: string, issue: Issue): CheckLine => ({
  label,
  outcome: "fail",
  seen: helpOf(issue.code).title,
  cause: issue.detail,
  fix: helpOf(issue.code).fix,
  code: issue.code,
});

const rowsInError = (label: string, { rows, errors }: Looked): CheckLine => ({
  label,
  outcome: "warning",
  seen: `${errors} of ${rows < ROWS_MAX ? "" : "the first "}${rows.toLocaleString("en-US")} ${rows === 1 ? "row" : "rows"} in error`,
  cause: "These rows are left out and count as present: nobody is archived because of them.",
  fix: "Go on; the first plan lists each of them with its line and the reason, as a file to mend and send again.",
});

/** Columns that may be missing change nothing and need no word here. */
const isRemarkable = (issue: Issue): boolean => issue.severity === "warning" && issue.code !== "HEADER_OPTIONAL_MISSING";

const fileOf = (issue: Issue): string => issue.at.replace(/:\d+$/, "");
const baseName = (name: string): string => (name.split("/").at(-1) ?? name).toLowerCase();

async function lookAt(reader: EntityReader): Promise<Looked & { columns: ColumnReport[] }> {
  const places: readonly string[] = COLUMNS[reader.entity].map((column) => column.name);
  const seen = reader.columns.map((column) => ({ column, at: places.indexOf(column), filled: 0, samples: new Set<string>() }));
  let [rows, errors] = [0, 0];
  for await (const chunk of reader.at(await firstSpans(reader))) {
    for (const row of chunk.rows) {
      rows += 1;
      if (!row.valid) errors += 1;
      for (const one of seen) {
        const value = row.cells[one.at];
        if (value === null || value === undefined || value === "") continue;
        one.filled += 1;
        if (one.samples.size < SAMPLES_MAX) one.samples.add(maskedValue({ entity: reader.entity, column: one.column, value }));
      }
    }
  }
  return { columns: seen.map((one) => columnOf(reader, one, rows)), rows, errors };
}

/** Where the first records stand: to find records costs little, to parse and validate all of a block would not. */
async function firstSpans(reader: EntityReader): Promise<LineSpan[]> {
  const spans: LineSpan[] = [];
  for await (const { count, lines, offsets, bytes } of reader.lines()) {
    for (let at = 0; at < count && spans.length < ROWS_MAX; at += 1)
      spans.push({ hash: "", line: lines[at] ?? 0, offset: offsets[at] ?? 0, bytes: bytes[at] ?? 0 });
    if (spans.length === ROWS_MAX) break;
  }
  return spans;
}

function columnOf(reader: EntityReader, one: { column: string; filled: number; samples: ReadonlySet<string> }, rows: number): ColumnReport {
  const entity: Entity = reader.entity;
  const heading = reader.headings[one.column] ?? one.column;
  return { file: reader.file, entity, heading, column: one.column, filled: one.filled, of: rows, samples: [...one.samples] };
}
