import { splitQuoted } from "@/server/sources/lib/cells";
import { BAD_QUOTE, PLAIN, type RecordBlock, scanRecords } from "@/server/sources/lib/records";
import { DeliveryRefused } from "@/server/sources/lib/refused";
import { type Denied, deniedAs } from "./deny-list";

/** By header as the file spells it: what was denied, and how many cells of it held something. */
export type Emptied = Map<string, { as: Denied; cells: number }>;

const QUOTE = 0x22;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const [LF, CR, BLANK, TAB, X] = [0x0a, 0x0d, 0x20, 0x09, 0x78];

/**
 * Text in bytes, every denied cell emptied but for line breaks in quotes. Records are found by the readers' own scanner, so both
 * see the same cells. In a record with more or fewer cells than the header a denied value may stand beside its column: all cells
 * where it can stand are emptied; the reader rejects such a record by its number of cells, which stays. Where the scanner refuses
 * the file, the bytes around the fault are kept as their shape only, and nothing after them.
 */
export async function* scrubRecords(from: { name: string; text: AsyncIterable<Buffer>; emptied: Emptied }): AsyncGenerator<Buffer> {
  const pending = pendingBytes(from.text);
  const first = await pending.first();
  const delimiter = delimiterOf(first);
  const file = { name: from.name, bytes: 0, read: () => pending.chunks() };
  let columns: DeniedColumns | null = null;
  try {
    for await (const block of scanRecords(file, { offset: 0, line: 1, delimiter })) {
      let index = 0;
      while (columns === null && index < block.count) {
        const cells = headerOf(block, index, delimiter);
        index += 1;
        if (cells === null) continue;
        if (!isHeader(cells)) {
          // Rows without a header: no reader takes them, and nobody can say what stands where.
          yield unnamedColumns(cells.length, delimiter);
          return;
        }
        columns = deniedColumns(cells, from.emptied);
      }
      yield columns === null || columns.at.length === 0
        ? block.buffer.subarray(0, block.bytes)
        : emptyCells(block, { from: index, columns, delimiter });
      pending.passed(block.base + block.bytes);
    }
  } catch (cause) {
    if (!(cause instanceof DeliveryRefused)) throw cause;
    yield shapeOf(pending.rest(), delimiter);
  }
}

interface DeniedColumns {
  /** Number of columns of the header. */
  readonly count: number;
  readonly at: readonly { column: number; tally: { cells: number } }[];
}

function deniedColumns(header: readonly string[], emptied: Emptied): DeniedColumns {
  const at = header.flatMap((name, column) => {
    const as = deniedAs(name);
    if (as === null) return [];
    const tally = emptied.get(name.trim()) ?? { as, cells: 0 };
    emptied.set(name.trim(), tally);
    return [{ column, tally }];
  });
  return { count: header.length, at };
}

/** The records of a block from `from` on, without what stands in the denied columns. */
function emptyCells(block: RecordBlock, how: { from: number; columns: DeniedColumns; delimiter: number }): Buffer {
  const out = Buffer.allocUnsafe(block.bytes);
  const { buffer } = block;
  let filled = 0;
  let copied = 0;
  const bounds: number[] = [];
  for (let index = how.from; index < block.count; index++) {
    const cells = cellBounds(block, index, { delimiter: how.delimiter, bounds });
    const surplus = cells - how.columns.count;
    let cut = copied;
    for (const { column, tally } of how.columns.at) {
      const last = Math.min(cells - 1, column + Math.max(0, surplus));
      for (let cell = Math.max(0, column + Math.min(0, surplus)); cell <= last; cell++) {
        const start = Math.max(cut, bounds[2 * cell] ?? 0);
        const end = bounds[2 * cell + 1] ?? 0;
        if (end <= start) continue;
        if (!isBlankCell(buffer, start, end)) tally.cells += 1;
        filled += buffer.copy(out, filled, copied, start);
        filled = keepBreaks(out, filled, buffer.subarray(start, end));
        copied = end;
        cut = end;
      }
    }
  }
  filled += buffer.copy(out, filled, copied, block.bytes);
  return out.subarray(0, filled);
}

/** Line breaks of a cell in quotes stay (an address has several lines), for findings further on are told by their line. */
function keepBreaks(out: Buffer, from: number, cell: Buffer): number {
  if (cell[0] !== QUOTE || (!cell.includes(LF) && !cell.includes(CR))) return from;
  let filled = out.writeUInt8(QUOTE, from);
  for (const byte of cell) if (byte === LF || byte === CR) filled = out.writeUInt8(byte, filled);
  return out.writeUInt8(QUOTE, filled);
}

/** Writes start and end of each cell of a record, quotes included, into `bounds` and returns the number of cells. */
function cellBounds(block: RecordBlock, index: number, { delimiter, bounds }: { delimiter: number; bounds: number[] }): number {
  const { buffer } = block;
  const end = block.ends[index] ?? 0;
  const quoted = block.kinds[index] !== PLAIN;
  let cells = 0;
  for (let at = block.starts[index] ?? 0; ; ) {
    let close = at;
    if (quoted && buffer[at] === QUOTE) {
      close = at + 1;
      while (close < end && !(buffer[close] === QUOTE && buffer[close + 1] !== QUOTE)) close += buffer[close] === QUOTE ? 2 : 1;
    }
    while (close < end && buffer[close] !== delimiter) close += 1;
    bounds[2 * cells] = at;
    bounds[2 * cells + 1] = close;
    cells += 1;
    if (close >= end) return cells;
    at = close + 1;
  }
}

function isBlankCell(buffer: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = buffer[at];
    if (byte !== BLANK && byte !== TAB && byte !== QUOTE) return false;
  }
  return true;
}

/** The cells of a record, or null where it is blank. */
function headerOf(block: RecordBlock, index: number, delimiter: number): string[] | null {
  const text = block.buffer.toString("utf8", block.starts[index], block.ends[index]);
  if (text.replaceAll(/[",;\s]/g, "") === "") return null;
  const between = String.fromCharCode(delimiter);
  return block.kinds[index] === PLAIN || block.kinds[index] === BAD_QUOTE ? text.split(between) : splitQuoted(text, between);
}

/** Whether a first record can be a header: names, not values of a person's row. `504` is the name of a plan. */
const isHeader = (cells: readonly string[]): boolean => !cells.some((cell) => VALUE.test(cell.trim()) && cell.trim() !== "504");
const VALUE = /@|^[\d./:-]*\d[\d./:-]*$|^\d{4}-\d\d-\d\dT|^(true|false|tobedeleted)$/i;

/** A header and a row of as many columns, in which nothing is told. */
function unnamedColumns(count: number, delimiter: number): Buffer {
  const record = Array.from({ length: count }, (_, column) => `x${column + 1}`).join(String.fromCharCode(delimiter));
  return Buffer.from(`${record}\n${record}\n`);
}

/** A comma, unless the first line has none and has semicolons: the readers' rule. */
function delimiterOf(head: Buffer): number {
  const line =
    /^[^\r\n]*/.exec(
      head
        .subarray(0, 64 * 1024)
        .toString("latin1")
        .trimStart(),
    )?.[0] ?? "";
  return !line.includes(",") && line.includes(";") ? SEMICOLON : COMMA;
}

/** Quotes, delimiters and line ends where they were, and an `x` for everything else. */
function shapeOf(bytes: Buffer, delimiter: number): Buffer {
  return Buffer.from(bytes.map((byte) => (byte === QUOTE || byte === delimiter || byte === LF || byte === CR ? byte : X)));
}

/** The first line by itself, so that the header is known before the scanner refuses what stands behind it. */
function* firstLineAndRest(bytes: Buffer): Generator<Buffer> {
  const at = bytes.findIndex((byte) => byte === LF || byte === CR);
  // Whether a carriage return ends the line alone is known only with the byte after it.
  const end = at + (bytes[at] === CR ? 2 : 1);
  yield bytes.subarray(0, end);
  yield bytes.subarray(end);
}

/** A stream that remembers what went into the scanner and did not come out of it. */
function pendingBytes(text: AsyncIterable<Buffer>) {
  const source = text[Symbol.asyncIterator]();
  let held: Buffer[] = [];
  let heldFrom = 0;
  const next = async (): Promise<Buffer | null> => {
    const found = await source.next();
    if (found.done === true) return null;
    held.push(found.value);
    return found.value;
  };
  return {
    first: async (): Promise<Buffer> => (await next()) ?? Buffer.alloc(0),
    // Ending this generator early must not end the source: the rest of an upload is still read for its digest.
    chunks: async function* (): AsyncGenerator<Buffer> {
      yield* firstLineAndRest(held[0] ?? Buffer.alloc(0));
      for (let chunk = await next(); chunk !== null; chunk = await next()) yield chunk;
    },
    passed: (offset: number): void => {
      const all = Buffer.concat(held);
      held = [all.subarray(offset - heldFrom)];
      heldFrom = offset;
    },
    rest: (): Buffer => Buffer.concat(held),
  };
}
