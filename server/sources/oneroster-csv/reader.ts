import { isAscii } from "node:buffer";
import { hash } from "node:crypto";
import { COLUMNS } from "@/server/roster/entities";
import { collectFindings } from "@/server/roster/findings";
import type { FileMode } from "@/server/roster/run";
import { cellsOf, isBlank } from "../lib/cells";
import type { CsvFile } from "../lib/csv-file";
import { roomForLines } from "../lib/line-block";
import { hexOf, lineHasher } from "../lib/line-hash";
import { kindOf, type RecordBlock, scanRecords } from "../lib/records";
import type { EntityReader, LineBlock, LineSpan, PlainRows, Row, RowChunk } from "../source";
import { type FileColumn, type FileEntity, MODIFIED_COLUMN, PASSWORD_COLUMN } from "./columns";
import type { Header } from "./header";
import { type MapRules, rowMap } from "./map";
import { type PlainCollector, plainCollector, plainColumns } from "./plain-rows";
import { RULES_VERSION } from "./rules-version";

/** Spans that lie closer together are fetched in one read. */
const GAP_BYTES_MAX = 32 * 1024;
const READ_BYTES_MAX = 512 * 1024;

/** A file that was read through once and whose mode is known. */
export interface OpenedFile {
  readonly entity: FileEntity;
  /** Its standard name: `users.csv`. */
  readonly name: string;
  readonly csv: CsvFile;
  readonly header: Header;
  readonly columns: readonly FileColumn[];
  readonly mode: FileMode;
  /** The manifest or the feed said delta: then status and dateLastModified are required in every row. */
  readonly saidDelta: boolean;
}

export interface ReadableFile extends OpenedFile {
  /** Options that change what a line means. */
  readonly options: readonly string[];
}

/** Reads one OneRoster file that holds one entity. Reads the bytes anew with every call, in flat memory. */
export function fileReader(source: ReadableFile): EntityReader {
  const { csv, header, entity, name, mode } = source;
  const rules: MapRules = { header, columns: source.columns, mode, saidDelta: source.saidDelta };
  const cut = [MODIFIED_COLUMN, PASSWORD_COLUMN].map((column) => header.at.get(column)).filter((index) => index !== undefined);
  const delimiter = csv.start.delimiter;

  /** Every record of each block; what `collect` takes over is in no row. */
  async function* read(collect: PlainCollector | null): AsyncGenerator<RowChunk & { plain: PlainRows }> {
    const findings = collectFindings(name, entity);
    const map = rowMap(entity, rules, findings);
    const hashOf = lineHasher(cut, delimiter);
    let bytesRead = csv.start.offset;
    for await (const block of scanRecords(csv.file, csv.start)) {
      const ascii = isAscii(block.buffer);
      const found: Row[] = [];
      let blank = 0;
      collect?.begin(block);
      for (let index = 0; index < block.count; index += 1) {
        if (isBlank(block, index, delimiter)) {
          blank += 1;
          continue;
        }
        const words = hashOf(block, index);
        if (collect?.take(index, words) === true) continue;
        found.push(map(cellsOf(block, index, { delimiter: csv.delimiter, ascii }), { line: block.lines[index] ?? 0, hash: hexOf(words) }));
      }
      bytesRead = block.base + block.bytes;
      yield { rows: found, plain: collect?.end() ?? NO_PLAIN, issues: findings.take(), blank, bytesRead };
    }
    const counted = findings.takeCounted();
    if (counted.length > 0) yield { rows: [], plain: NO_PLAIN, issues: counted, blank: 0, bytesRead };
  }

  async function* lines(): AsyncGenerator<LineBlock> {
    const hashOf = lineHasher(cut, delimiter);
    for await (const block of scanRecords(csv.file, csv.start)) {
      const found = roomForLines(block.count);
      let count = 0;
      for (let index = 0; index < block.count; index += 1) {
        if (isBlank(block, index, delimiter)) continue;
        const start = block.starts[index] ?? 0;
        found.hashes.set(hashOf(block, index), count * 4);
        found.lines[count] = block.lines[index] ?? 0;
        found.offsets[count] = block.base + start;
        found.bytes[count] = (block.ends[index] ?? 0) - start;
        count += 1;
      }
      if (count > 0) yield { ...found, count };
    }
  }

  async function* at(spans: readonly LineSpan[]): AsyncGenerator<RowChunk> {
    const findings = collectFindings(name, entity);
    const map = rowMap(entity, rules, findings);
    for (const near of together(spans)) {
      const first = near[0]?.offset ?? 0;
      const last = near[near.length - 1];
      const end = (last?.offset ?? 0) + (last?.bytes ?? 0);
      const chunks: Buffer[] = [];
      for await (const chunk of csv.file.read(first, end)) chunks.push(chunk);
      const [piece] = chunks;
      // Usually all of it comes at once: a copy would be garbage of the size of the file.
      const buffer = chunks.length === 1 && piece !== undefined ? piece : Buffer.concat(chunks);
      const found = near.map((span) => {
        const block = oneRecord(buffer, { start: span.offset - first, bytes: span.bytes, delimiter });
        return map(cellsOf(block, 0, { delimiter: csv.delimiter, ascii: false }), { line: span.line, hash: span.hash });
      });
      yield { rows: found, issues: findings.take(), blank: 0, bytesRead: end };
    }
    const counted = findings.takeCounted();
    if (counted.length > 0) yield { rows: [], issues: counted, blank: 0, bytesRead: csv.file.bytes };
  }

  const filled = new Set(source.columns.flatMap(({ name: column, to }) => (to !== null && header.at.has(column) ? [to] : [])));
  const targets = COLUMNS[entity].map((column) => column.name).filter((column) => filled.has(column));
  const headings = headingsOf(source.columns);
  const columns = plainColumns(source);
  const plain = columns && { columns, chunks: (form: { hashed: boolean; tail: string }) => read(plainCollector(source, form)) };
  return {
    entity,
    file: name,
    mode,
    bytes: csv.file.bytes,
    shape: shapeOf(source),
    columns: targets,
    headings,
    rows: () => read(null),
    ...(plain === null ? {} : { plain }),
    lines,
    at,
  };
}

const NO_PLAIN: PlainRows = { count: 0, csv: Buffer.alloc(0), lines: new Int32Array(0), hashes: new Int32Array(0) };

/** What the file calls each column of the entity. */
export const headingsOf = (columns: readonly FileColumn[]): Readonly<Record<string, string>> =>
  Object.fromEntries(columns.flatMap(({ name, to }) => (to === null ? [] : [[to, name]])));

function shapeOf({ header, mode, saidDelta, csv, options }: ReadableFile): string {
  return hash("md5", JSON.stringify([RULES_VERSION, [...header.at], header.width, csv.delimiter, mode, saidDelta, options]), "hex");
}

/** Runs of spans that are fetched in one read. */
function* together(spans: readonly LineSpan[]): Generator<readonly LineSpan[]> {
  let run: LineSpan[] = [];
  for (const span of spans) {
    const [first, last] = [run[0], run[run.length - 1]];
    const far =
      first && last && (span.offset - last.offset - last.bytes > GAP_BYTES_MAX || span.offset + span.bytes - first.offset > READ_BYTES_MAX);
    if (far) {
      yield run;
      run = [];
    }
    run.push(span);
  }
  if (run.length > 0) yield run;
}

/** A block of one record whose bytes are known, its quotes judged as the scan does. */
function oneRecord(buffer: Buffer, { start, bytes, delimiter }: { start: number; bytes: number; delimiter: number }): RecordBlock {
  const end = start + bytes;
  return {
    buffer,
    count: 1,
    starts: [start],
    ends: [end],
    lines: [0],
    kinds: [kindOf(buffer.subarray(start, end), delimiter)],
    base: 0,
    bytes: end,
    loneReturns: 0,
  };
}
