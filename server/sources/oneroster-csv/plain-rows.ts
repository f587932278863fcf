import type { Findings } from "@/server/roster/findings";
import { isPlainId } from "../lib/plain-cells";
import { BAD_QUOTE, PLAIN, type RecordBlock } from "../lib/records";
import type { PlainRows } from "../source";
import { type FileColumn, KEY_COLUMN, MODIFIED_COLUMN, PASSWORD_COLUMN, STATUS_COLUMN } from "./columns";
import type { OpenedFile } from "./reader";
import { type CellSpans, plainRule } from "./rules";

const [QUOTE, COMMA, LF, ZERO] = [0x22, 0x2c, 0x0a, 0x30];
const ACTIVE = Buffer.from("active");
const HEX = Buffer.from("0123456789abcdef");
/** A line number, a hash and what stands between them. */
const MARKS_BYTES = 48;

/** Collects the plain records of one block, and says which are not. */
export interface PlainCollector {
  /** Begins a block. */
  begin(block: RecordBlock): void;
  /** Takes a record over if it is plain: valid, active, nothing to repair and nothing to say. `hash` is its hash. */
  take(index: number, hash: Int32Array): boolean;
  /** What was taken since `begin`. */
  end(): PlainRows;
}

/** The columns of a plain row, in the order of the file; null where rows of this file always need the map. */
export function plainColumns(file: OpenedFile): readonly string[] | null {
  if (file.saidDelta || file.csv.start.delimiter !== COMMA || !file.header.at.has(KEY_COLUMN)) return null;
  return cellsOf(file).flatMap((cell) => (cell.to === null ? [] : [cell.to]));
}

/**
 * Hands the bytes of plain records on as they are: of each cell only the columns that nobody keeps are cut (passwords among
 * them). A record is plain when every cell passes the test of its reader; where the test cannot tell, the reader itself must
 * give the same text back and report nothing.
 */
export function plainCollector(file: OpenedFile, form: { hashed: boolean; tail: string }): PlainCollector {
  const cells = cellsOf(file);
  const runs = runsOf(cells);
  const judge = plainRule(
    file.entity,
    cells.map((cell) => cell.to),
  );
  const tail = Buffer.from(`${form.tail}\n`);
  const probe = quietProbe();
  const { width } = file.header;
  const [starts, ends] = [new Int32Array(width), new Int32Array(width)];
  const inside: CellSpans = { bytes: Buffer.alloc(0), starts: new Int32Array(width), ends: new Int32Array(width) };
  let block: RecordBlock;
  let view: DataView = new DataView(new ArrayBuffer(0));
  let out = Buffer.alloc(0);
  let outView: DataView = view;
  let at = 0;
  let count = 0;
  let lines = new Int32Array(0);
  let hashes = new Int32Array(0);

  return {
    begin(next) {
      block = next;
      inside.bytes = block.buffer;
      out = Buffer.allocUnsafe(block.bytes + block.count * (MARKS_BYTES + cells.length + tail.length));
      view = new DataView(block.buffer.buffer, block.buffer.byteOffset, block.buffer.length);
      outView = new DataView(out.buffer, out.byteOffset, out.length);
      lines = new Int32Array(block.count);
      hashes = new Int32Array(block.count * 4);
      at = 0;
      count = 0;
    },
    take(index, hash) {
      if (block.kinds[index] === BAD_QUOTE || !findCells(index) || !arePlain()) return false;
      write(block.lines[index] ?? 0, hash);
      return true;
    },
    end: () => ({ count, csv: out.subarray(0, at), lines: lines.subarray(0, count), hashes: hashes.subarray(0, count * 4) }),
  };

  /** Notes where each cell lies, with its quotes and without. False where the record has too few or too many. */
  function findCells(index: number): boolean {
    const { buffer } = block;
    const end = block.ends[index] ?? 0;
    const quoted = block.kinds[index] !== PLAIN;
    let from = block.starts[index] ?? 0;
    for (let cell = 0; cell < width; cell += 1) {
      let close = from;
      if (quoted && buffer[from] === QUOTE) {
        close += 1;
        while (close < end && !(buffer[close] === QUOTE && buffer[close + 1] !== QUOTE)) close += buffer[close] === QUOTE ? 2 : 1;
        inside.starts[cell] = from + 1;
        inside.ends[cell] = close;
        close += 1;
      } else {
        while (close < end && buffer[close] !== COMMA) close += 1;
        inside.starts[cell] = from;
        inside.ends[cell] = close;
      }
      starts[cell] = from;
      ends[cell] = close;
      from = close + 1;
      if (close >= end) return cell === width - 1;
    }
    return false;
  }

  function arePlain(): boolean {
    for (let cell = 0; cell < width; cell += 1) {
      const rule = cells[cell];
      if (rule === undefined || rule.kind === "unread") continue;
      const [start, end] = [inside.starts[cell] ?? 0, inside.ends[cell] ?? 0];
      if (start === end) {
        if (rule.required) return false;
        continue;
      }
      if (rule.isPlain?.(block.buffer, start, end) === true) continue;
      if (rule.read === null || !readsAlike(rule.read, rule.name, block.buffer.toString("utf8", start, end))) return false;
    }
    return judge(inside);
  }

  function readsAlike(read: NonNullable<FileColumn["read"]>, name: string, raw: string): boolean {
    if (raw.trim() === "") return false;
    const text = raw.replaceAll('""', '"');
    probe.begin(0);
    return read(text, name, probe) === text && !probe.hasReported();
  }

  // What the loops count in stays local: a variable of the closure is written to memory with every byte.
  function write(line: number, hash: Int32Array): void {
    const target = out;
    const source = block.buffer;
    let place = at;
    lines[count] = line;
    for (let word = 0; word < 4; word += 1) hashes[count * 4 + word] = hash[word] ?? 0;
    count += 1;
    let digits = 1;
    for (let rest = line; rest >= 10; rest = (rest / 10) | 0) digits += 1;
    place += digits;
    for (let back = place - 1, rest = line; back >= at; back -= 1, rest = (rest / 10) | 0) target[back] = ZERO + (rest % 10);
    if (form.hashed) {
      target[place++] = COMMA;
      for (let word = 0; word < 4; word += 1)
        for (let shift = 28; shift >= 0; shift -= 4) target[place++] = HEX[((hash[word] ?? 0) >>> shift) & 15] ?? 0;
    }
    for (const run of runs) {
      target[place++] = COMMA;
      const end = ends[run.last] ?? 0;
      let from = starts[run.first] ?? 0;
      for (; from + 4 <= end; from += 4, place += 4) outView.setInt32(place, view.getInt32(from));
      for (; from < end; from += 1) target[place++] = source[from] ?? 0;
    }
    for (let from = 0; from < tail.length; from += 1) target[place++] = tail[from] ?? LF;
    at = place;
  }
}

/** One cell of a record. `unread`: it may hold anything. Without `to` its value goes nowhere, but it decides whether the row is plain. */
interface CellRule {
  readonly kind: "read" | "unread";
  readonly name: string;
  readonly to: string | null;
  readonly required: boolean;
  readonly isPlain?: NonNullable<FileColumn["read"]>["isPlain"];
  readonly read: FileColumn["read"];
}

function cellsOf({ header, columns }: OpenedFile): readonly CellRule[] {
  const rules = Array.from({ length: header.width }, (): CellRule => UNREAD);
  for (const column of columns) {
    const index = header.at.get(column.name);
    if (index !== undefined) rules[index] = ruleOf(column);
  }
  return rules;
}

const UNREAD: CellRule = { kind: "unread", name: "", to: null, required: false, read: null };
const isNothing = (): boolean => false;

function ruleOf({ name, to, required, read }: FileColumn): CellRule {
  switch (name) {
    case KEY_COLUMN:
      // Only such a key may be the sourcedId as it is.
      return { kind: "read", name, to: "source_key", required: true, isPlain: isPlainId, read: null };
    case STATUS_COLUMN:
      return { kind: "read", name, to: null, required: false, isPlain: isActive, read: null };
    case MODIFIED_COLUMN:
    case PASSWORD_COLUMN:
      return { kind: "read", name, to: null, required: false, isPlain: isNothing, read: null };
    default:
      return to === null || read === null ? UNREAD : { kind: "read", name, to, required, isPlain: read.isPlain, read };
  }
}

const isActive = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start === ACTIVE.length && ACTIVE.every((byte, at) => bytes[start + at] === byte);

/** Cells that are kept and stand side by side: they are copied in one go. */
function runsOf(cells: readonly CellRule[]): readonly { readonly first: number; readonly last: number }[] {
  const runs: { first: number; last: number }[] = [];
  for (const [index, cell] of cells.entries()) {
    if (cell.to === null) continue;
    const last = runs[runs.length - 1];
    if (last?.last === index - 1) last.last = index;
    else runs.push({ first: index, last: index });
  }
  return runs;
}

/** Findings that nobody sees: all that counts is whether there was one. */
function quietProbe(): Findings & { hasReported(): boolean } {
  let reported = false;
  return {
    begin: () => {
      reported = false;
    },
    name: () => {},
    report: () => {
      reported = true;
    },
    isValid: () => !reported,
    take: () => [],
    takeCounted: () => [],
    hasReported: () => reported,
  };
}
