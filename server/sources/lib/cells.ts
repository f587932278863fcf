import { BAD_QUOTE, PLAIN, type RecordBlock } from "./records";

const QUOTE = 0x22;

/** The cells of record `index` as text, or null where its quotes are malformed. `ascii`: the block holds nothing else. */
export function cellsOf(block: RecordBlock, index: number, { delimiter, ascii }: { delimiter: string; ascii: boolean }): string[] | null {
  const kind = block.kinds[index];
  if (kind === BAD_QUOTE) return null;
  const text = recordText(block, index, ascii);
  return kind === PLAIN ? text.split(delimiter) : splitQuoted(text, delimiter);
}

/** The text of one record. Latin-1 slices are faster and, for ASCII bytes, the same. */
export function recordText(block: RecordBlock, index: number, ascii: boolean): string {
  const start = block.starts[index];
  const end = block.ends[index];
  return block.buffer.toString(ascii ? "latin1" : "utf8", start, end);
}

/** The cells of a well-formed record with quotes: `a,"b ""c""",d`. */
export function splitQuoted(text: string, delimiter: string): string[] {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] !== '"') {
      const end = text.indexOf(delimiter, at);
      if (end === -1) {
        cells.push(text.slice(at));
        return cells;
      }
      cells.push(text.slice(at, end));
      at = end + 1;
      continue;
    }
    let end = text.indexOf('"', at + 1);
    let escaped = false;
    while (end !== -1 && text[end + 1] === '"') {
      escaped = true;
      end = text.indexOf('"', end + 2);
    }
    const inside = text.slice(at + 1, end === -1 ? text.length : end);
    cells.push(escaped ? inside.replaceAll('""', '"') : inside);
    if (end === -1 || end + 1 >= text.length) return cells;
    at = end + 2;
  }
}

/** Where a cell lies in the buffer, its quotes included; `start` -1 where the record has no such cell. */
export interface CellSpan {
  start: number;
  end: number;
}

/** Finds cell `column` of record `index` in its bytes, without decoding. Writes into `span` and returns it. */
export function findCell(block: RecordBlock, index: number, want: { column: number; delimiter: number; span: CellSpan }): CellSpan {
  const { column, delimiter, span } = want;
  const { buffer } = block;
  const end = block.ends[index] ?? 0;
  const quoted = block.kinds[index] !== PLAIN;
  let at = block.starts[index] ?? 0;
  for (let cell = 0; ; cell += 1) {
    let close = at;
    if (quoted && buffer[at] === QUOTE) {
      close = at + 1;
      while (close < end && !(buffer[close] === QUOTE && buffer[close + 1] !== QUOTE)) close += buffer[close] === QUOTE ? 2 : 1;
    }
    while (close < end && buffer[close] !== delimiter) close += 1;
    if (cell === column) {
      span.start = at;
      span.end = close;
      return span;
    }
    if (close >= end) {
      span.start = -1;
      span.end = -1;
      return span;
    }
    at = close + 1;
  }
}

/** Whether every cell of a record is blank: `,,,` or an empty line. */
export function isBlank(block: RecordBlock, index: number, delimiter: number): boolean {
  const end = block.ends[index] ?? 0;
  for (let at = block.starts[index] ?? 0; at < end; at += 1) {
    const byte = block.buffer[at];
    if (byte !== delimiter && byte !== QUOTE && byte !== 0x20 && byte !== 0x09) return false;
  }
  return true;
}
