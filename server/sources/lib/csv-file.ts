import type { Issue } from "@/server/roster/issue";
import type { DeliveryFile, Spool } from "../source";
import { cellsOf, isBlank } from "./cells";
import { convertToUtf8, detectEncoding, firstBadByte, isKnownEncoding } from "./encoding";
import { LIMITS } from "./limits";
import { type RecordBlock, type ScanStart, scanRecords } from "./records";
import { DeliveryRefused, fileIssue } from "./refused";
import { sniff } from "./sniff";

/** A CSV file that was read through once: its text is UTF-8, its quotes close, its records are counted. */
export interface CsvFile {
  /** UTF-8: the file that arrived, or its conversion in the spool. */
  readonly file: DeliveryFile;
  readonly encoding: string;
  readonly delimiter: string;
  readonly header: readonly string[];
  /** Where the first record after the header begins. */
  readonly start: ScanStart;
  readonly rows: number;
  readonly blank: number;
  readonly issues: readonly Issue[];
}

/** Sees every record that is not blank, in order. */
export type Watch = (block: RecordBlock, index: number) => void;

export interface CsvOpening {
  /** The encoding that the feed is set to, for files that are not Unicode. */
  readonly encoding: string | null;
  readonly spool: Spool;
  /** Called with the header of each attempt; null: the header is refused already and the rows need not be read. */
  readonly watch: (header: readonly string[], delimiter: string) => Watch | null;
}

/**
 * Reads a file through once, in flat memory. Throws `DeliveryRefused` for whatever makes it unreadable as a whole
 * (SECURITY.md §E 1–11, 17, 22, 31, 33–37).
 */
export async function openCsv(file: DeliveryFile, opening: CsvOpening): Promise<CsvFile> {
  if (file.bytes > LIMITS.fileBytesMax) throw await tooLarge(file);
  const head = await readHead(file);
  if (head.length === 0) throw refuse(file, "FILE_EMPTY", "The file is empty; nothing is changed because of it.");
  const other = sniff(head);
  if (other !== null) throw refuse(file, other.code, other.detail);
  const encoding = detectEncoding(head);
  switch (encoding.kind) {
    case "unknown":
      throw refuse(file, "ENCODING_UNKNOWN", "The bytes look like UTF-16 without a mark; export the file as UTF-8.");
    case "utf-16le":
    case "utf-16be":
      return await converted(file, { encoding: encoding.kind, fromByte: encoding.markBytes }, opening);
    case "utf-8":
      break;
    default:
      encoding satisfies never;
  }
  if (file.bytes === encoding.markBytes) throw refuse(file, "FILE_EMPTY", "The file holds nothing but a byte order mark.");
  try {
    return await readThrough(file, { ...opening, fromByte: encoding.markBytes, name: "utf-8" });
  } catch (error) {
    const isOther = error instanceof DeliveryRefused && error.issue.code === "ENCODING_NOT_UTF8" && opening.encoding !== null;
    if (!isOther || opening.encoding === null) throw error;
    if (!isKnownEncoding(opening.encoding))
      throw refuse(file, "ENCODING_NAME", `The feed is set to the encoding “${opening.encoding}”, which does not exist.`);
    return await converted(file, { encoding: opening.encoding, fromByte: 0 }, opening);
  }
}

const refuse = (file: DeliveryFile, code: Issue["code"], detail: string): DeliveryRefused =>
  new DeliveryRefused(fileIssue(code, file.name, { detail }));

/** A file above the limit that has no line breaks is no large roster but no roster at all: that is what helps to know. */
async function tooLarge(file: DeliveryFile): Promise<DeliveryRefused> {
  for await (const chunk of file.read(0, LIMITS.recordBytesMax + 1))
    if (chunk.includes(0x0a) || chunk.includes(0x0d)) return refuse(file, "FILE_TOO_LARGE", "The file is larger than 1 GB.");
  const detail = "The first record is longer than 2 MB; the file has probably lost its line breaks.";
  return new DeliveryRefused(fileIssue("RECORD_TOO_LARGE", `${file.name}:1`, { detail }));
}

async function readHead(file: DeliveryFile): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of file.read(0, Math.min(file.bytes, 64 * 1024))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function converted(file: DeliveryFile, from: { encoding: string; fromByte: number }, opening: CsvOpening): Promise<CsvFile> {
  const text = await convertToUtf8(file, from, opening.spool);
  const csv = await readThrough(
    { ...text, name: file.name, isHead: file.isHead === true, read: (start, end) => text.read(start, end) },
    { ...opening, fromByte: 0, name: from.encoding },
  );
  const detail = `The file was converted from ${from.encoding} to UTF-8.`;
  return { ...csv, issues: [fileIssue("ENCODING_CONVERTED", file.name, { detail }), ...csv.issues] };
}

async function readThrough(file: DeliveryFile, opening: CsvOpening & { fromByte: number; name: string }): Promise<CsvFile> {
  const issues: Issue[] = [];
  if (opening.name === "utf-8" && opening.fromByte > 3)
    issues.push(fileIssue("BOM_DOUBLE", file.name, { detail: "The byte order mark stands there more than once; it was skipped." }));
  const delimiter = await findDelimiter(file, opening.fromByte);
  if (delimiter === ";")
    issues.push(fileIssue("DELIMITER_GUESSED", file.name, { detail: "Columns are separated by semicolons; they were read as such." }));
  const delimiterByte = delimiter.charCodeAt(0);
  let header: string[] | null = null;
  let start: ScanStart = { offset: opening.fromByte, line: 1, delimiter: delimiterByte };
  let watch: Watch | null = null;
  let [rows, blank, loneReturns] = [0, 0, 0];
  for await (const block of scanRecords(file, start)) {
    refuseBadBytes(file, block);
    loneReturns += block.loneReturns;
    for (let index = 0; index < block.count; index += 1) {
      if (isBlank(block, index, delimiterByte)) {
        if (header !== null) blank += 1;
        continue;
      }
      if (header === null) {
        header = headerOf(file, block, { index, delimiter });
        const next = index + 1 < block.count ? block.starts[index + 1] : block.bytes;
        start = { offset: block.base + (next ?? 0), line: (block.lines[index] ?? 1) + 1, delimiter: delimiterByte };
        watch = opening.watch(header, delimiter);
        if (watch === null) return { file, encoding: opening.name, delimiter, header, start, rows: 0, blank: 0, issues };
        continue;
      }
      rows += 1;
      if (rows > LIMITS.rowsMax) throw refuse(file, "ROW_LIMIT", "The file has more than 4 million rows.");
      watch?.(block, index);
    }
  }
  if (header === null) throw refuse(file, "FILE_EMPTY", "The file holds nothing but blank lines.");
  if (rows === 0) throw refuse(file, "NO_DATA_ROWS", "The file has a header and no rows; it was ignored to protect existing records.");
  if (loneReturns > 0)
    issues.push(
      fileIssue("LINE_ENDINGS", file.name, { detail: `${loneReturns} lines end with a lone carriage return; they were read as lines.` }),
    );
  if (blank > 0) issues.push(fileIssue("BLANK_ROWS", file.name, { detail: `${blank} blank lines were skipped.`, count: blank }));
  return { file, encoding: opening.name, delimiter, header, start, rows, blank, issues };
}

/** A comma, unless the first line has none and has semicolons. */
async function findDelimiter(file: DeliveryFile, fromByte: number): Promise<"," | ";"> {
  const head = (await readHead(file)).subarray(fromByte).toString("latin1").trimStart();
  const line = /^[^\r\n]*/.exec(head)?.[0] ?? "";
  return !line.includes(",") && line.includes(";") ? ";" : ",";
}

function headerOf(file: DeliveryFile, block: RecordBlock, { index, delimiter }: { index: number; delimiter: string }): string[] {
  const header = cellsOf(block, index, { delimiter, ascii: false });
  if (header === null) throw refuse(file, "QUOTE_NOT_CLOSED", "The header has a double quote in the wrong place.");
  if (header.length > LIMITS.columnsMax)
    throw refuse(file, "TOO_MANY_COLUMNS", `The header names ${header.length} columns; at most ${LIMITS.columnsMax} are allowed.`);
  if (header.length === 1) throw refuse(file, "ONE_COLUMN_ONLY", "The header has a single column; separate the columns by commas.");
  return header;
}

function refuseBadBytes(file: DeliveryFile, block: RecordBlock): void {
  const bytes = block.buffer.subarray(0, block.bytes);
  const at = firstBadByte(bytes);
  if (at === -1) return;
  const record = block.starts.findLastIndex((start) => start <= at);
  const line = (block.lines[record] ?? 1) + lineBreaks(bytes.subarray(block.starts[record] ?? 0, at));
  const byte = (bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, "0");
  const detail = `Byte ${block.base + at + 1} of the file (0x${byte}, in line ${line}) is not UTF-8; export the file as UTF-8.`;
  throw new DeliveryRefused(fileIssue("ENCODING_NOT_UTF8", `${file.name}:${line}`, { detail, seen: `\\x${byte}` }));
}

const lineBreaks = (bytes: Buffer): number => bytes.reduce((sum, byte) => sum + (byte === 0x0a ? 1 : 0), 0);
