import type { DeliveryFile } from "../source";
import { LIMITS } from "./limits";
import { DeliveryRefused, fileIssue } from "./refused";

/**
 * Records of a CSV file found in its bytes, without decoding them: quotes are respected, offsets and physical lines are kept.
 * Own code instead of papaparse: this also feeds the hash of each line, needs byte offsets, and was measured 2 to 4 times
 * faster on record-aligned chunks (PERFORMANCE.md §2).
 */
export interface RecordBlock {
  /** Records lie in `buffer` from `starts[i]` to `ends[i]`, without their line end. */
  readonly buffer: Buffer;
  readonly count: number;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Physical line of each record's first byte, header = 1. */
  readonly lines: readonly number[];
  /** What a record needs: see PLAIN, QUOTED, BAD_QUOTE. */
  readonly kinds: readonly number[];
  /** Offset of `buffer[0]` in the file. */
  readonly base: number;
  /** Bytes of `buffer` that hold whole records, line ends included. */
  readonly bytes: number;
  /** Lines that ended with a lone carriage return. */
  readonly loneReturns: number;
}

/** The record has no quote: cells are what lies between delimiters. */
export const PLAIN = 0;
/** Some cell is in quotes, all of them well formed. */
const QUOTED = 1;
/** A quote stands where none may. */
export const BAD_QUOTE = 2;

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

export interface ScanStart {
  readonly offset: number;
  readonly line: number;
  readonly delimiter: number;
}

/**
 * Every record from `start.offset` on, in blocks; of a head the whole ones. Throws `DeliveryRefused` for a quote that never closes
 * and for a record above 2 MB; memory stays below two records plus a chunk.
 */
export async function* scanRecords(file: DeliveryFile, start: ScanStart): AsyncGenerator<RecordBlock> {
  let rest: Buffer = Buffer.alloc(0);
  let base = start.offset;
  let line = start.line;
  const scan = (atEnd: boolean): RecordBlock => {
    const { nextLine, ...block } = findRecords({ buffer: rest, base, line, delimiter: start.delimiter, atEnd, file: file.name });
    rest = rest.subarray(block.bytes);
    base += block.bytes;
    line = nextLine;
    return block;
  };
  for await (const chunk of file.read(start.offset)) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const block = scan(false);
    if (block.count > 0) yield block;
  }
  if (rest.length > 0 && file.isHead !== true) {
    const block = scan(true);
    if (block.count > 0) yield block;
  }
}

interface Stretch {
  readonly buffer: Buffer;
  readonly base: number;
  readonly line: number;
  readonly delimiter: number;
  readonly atEnd: boolean;
  readonly file: string;
}

/** The whole records of one stretch of bytes that begins with a record. */
function findRecords(stretch: Stretch): RecordBlock & { nextLine: number } {
  const { buffer, base, atEnd } = stretch;
  const [starts, ends, lines, kinds]: [number[], number[], number[], number[]] = [[], [], [], []];
  const next = (byte: number, from: number): number => {
    const found = buffer.indexOf(byte, from);
    return found === -1 ? buffer.length : found;
  };
  let line = stretch.line;
  let loneReturns = 0;
  let position = 0;
  let quote = next(QUOTE, 0);
  let lf = next(LF, 0);
  let cr = next(CR, 0);
  while (position < buffer.length) {
    if (lf < position) lf = next(LF, position);
    if (cr < position) cr = next(CR, position);
    let end = Math.min(lf, cr);
    let lineCount = 1;
    let kind = PLAIN;
    if (quote < position) quote = next(QUOTE, position);
    if (quote < end) {
      const found = endOfQuoted(stretch, position);
      if (found.openLine !== null && (atEnd || found.end - position > LIMITS.recordBytesMax))
        throw notClosed(stretch, line + found.openLine);
      end = found.end;
      lineCount += found.breaks;
      kind = found.bad ? BAD_QUOTE : QUOTED;
      // A misplaced quote in a record over several lines: it is unknown which of those lines were rows of their own.
      if (found.bad && found.breaks > 0) throw notClosed(stretch, line);
    }
    // Whether a carriage return ends the line alone is known only with the byte after it.
    const complete = end < buffer.length && !(buffer[end] === CR && end + 1 === buffer.length);
    if (!complete && !atEnd) break;
    if (end - position > LIMITS.recordBytesMax) throw tooLarge(stretch, line);
    starts.push(position);
    ends.push(end);
    lines.push(line);
    kinds.push(kind);
    line += lineCount;
    if (buffer[end] === CR && buffer[end + 1] !== LF) loneReturns += 1;
    position = Math.min(buffer.length, end + (buffer[end] === CR && buffer[end + 1] === LF ? 2 : 1));
  }
  if (buffer.length - position > LIMITS.recordBytesMax) throw tooLarge(stretch, line);
  return { buffer, count: starts.length, starts, ends, lines, kinds, base, bytes: position, loneReturns, nextLine: line };
}

/**
 * Where a record with quotes ends. `openLine` counts line breaks before a quote that is still open at the end of the bytes.
 * After a misplaced quote the record ends at the next line break, whatever is open: a slip must not swallow other rows.
 */
function endOfQuoted({ buffer, delimiter }: Stretch, from: number) {
  let inQuotes = false;
  let bad = false;
  let breaks = 0;
  let opened = 0;
  let cellStart = true;
  let at = from;
  for (; at < buffer.length; at += 1) {
    const byte = buffer[at];
    if (inQuotes) {
      if (byte === QUOTE) {
        const after = buffer[at + 1];
        if (after === QUOTE) at += 1;
        else if (after === delimiter || after === LF || after === CR || after === undefined) inQuotes = false;
        else bad = true;
      } else if (byte === LF || (byte === CR && buffer[at + 1] !== LF)) {
        if (bad) break;
        breaks += 1;
      }
    } else if (byte === LF || byte === CR) break;
    else if (byte === delimiter) {
      cellStart = true;
      continue;
    } else if (byte === QUOTE) {
      if (cellStart) {
        inQuotes = true;
        opened = breaks;
      } else bad = true;
    }
    cellStart = false;
  }
  const end = bad && buffer[at] === LF && buffer[at - 1] === CR ? at - 1 : Math.min(at, buffer.length);
  return { end, bad, breaks, openLine: inQuotes && !bad && at >= buffer.length ? opened : null };
}

function notClosed(stretch: Stretch, line: number): DeliveryRefused {
  const detail = "A quote is opened here and never closed; a quote inside a value is written twice.";
  return new DeliveryRefused(fileIssue("QUOTE_NOT_CLOSED", `${stretch.file}:${line}`, { detail }));
}

function tooLarge(stretch: Stretch, line: number): DeliveryRefused {
  const detail = "This record is longer than 2 MB; the file has probably lost its line breaks.";
  return new DeliveryRefused(fileIssue("RECORD_TOO_LARGE", `${stretch.file}:${line}`, { detail }));
}

/** What the quotes of one record are like, judged as the scan does. `record` holds its bytes without the line end. */
export function kindOf(record: Buffer, delimiter: number): number {
  if (!record.includes(QUOTE)) return PLAIN;
  const { bad } = endOfQuoted({ buffer: record, base: 0, line: 1, delimiter, atEnd: true, file: "" }, 0);
  return bad ? BAD_QUOTE : QUOTED;
}
