/**
 * One line of a CSV that people open in a spreadsheet: RFC 4180, every cell quoted, and no cell, nor any line inside one, that a
 * spreadsheet would run as a formula (T12). Such a line gets an apostrophe in front, as do lines that begin with apostrophes
 * before a formula, so that `plainCell` takes exactly one away again.
 */
export const csvLine = (cells: readonly (string | null)[]): string =>
  `${cells.map((cell) => `"${safeCell(cell ?? "").replaceAll('"', '""')}"`).join(",")}\r\n`;

/** What spreadsheets take for blanks in front of a formula: spaces of every kind, and what is not seen. */
const BLANKS =
  "[\\s\\u0000-\\u0020\\u007f-\\u00a0\\u00ad\\u180e\\u200b-\\u200f\\u2028-\\u202f\\u205f-\\u2064\\u2066-\\u206f\\u3000\\ufeff]*";
/** The signs that begin a formula, in their full-width forms too; a tab, a carriage return or a NUL in front is one as well. */
const DANGER = "[=+\\-@\\uff1d\\uff0b\\uff0d\\uff20\\u2212\\t\\r\\u0000]";
const dangerous = new RegExp(`^'*(?:${BLANKS}${DANGER}|[\\t\\u0000])`);
const marked = new RegExp(`^'(?='*(?:${BLANKS}${DANGER}|[\\t\\u0000]))`);
// Line ends inside a cell, kept as they are.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters end a line in one program or another.
const LINE_ENDS = /(\r\n|[\n\r\u000b\u000c\u0085\u2028\u2029])/;

/** The value with an apostrophe in front of each of its lines that would begin a formula, and of a line end that begins it. */
export function safeCell(value: string): string {
  const safe = eachLine(value, (line) => (dangerous.test(line) ? `'${line}` : line));
  return /^'*[\r\n]/.test(safe) ? `'${safe}` : safe;
}

/** Takes back what `safeCell` did: for whoever reads our exports. */
export const plainCell = (value: string): string => eachLine(value.replace(/^'(?='*[\r\n])/, ""), (line) => line.replace(marked, ""));

const eachLine = (value: string, change: (line: string) => string): string =>
  value
    .split(LINE_ENDS)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join("");
