import { type CellSpan, cellsOf, findCell, isBlank } from "../lib/cells";
import { hexOf, lineHasher } from "../lib/line-hash";
import { scanRecords } from "../lib/records";
import { MODIFIED_COLUMN, PASSWORD_COLUMN } from "./columns";
import type { OpenedFile } from "./reader";

/** One record of a file with its place; null cells: its quotes are malformed. */
export interface PlacedRecord {
  readonly line: number;
  readonly cells: readonly string[] | null;
}

/** A record as the join holds it: its text is ready to be written, for parsed cells would take six times the room. */
export interface KeyedRecord {
  readonly key: string;
  readonly line: number;
  readonly hash: string;
  readonly bytes: number;
  /** A PlacedRecord as JSON. */
  readonly json: string;
}

/** The records of one block, of which the person that they name is found at once and the rest when asked for. */
export interface KeyedBlock {
  /** Those that are not blank, as they stand in the block. */
  readonly indexes: readonly number[];
  /** How many records that are not blank stand before this block. */
  readonly firstOrdinal: number;
  keyAt(index: number): string;
  bytesAt(index: number): number;
  read(index: number): KeyedRecord;
}

/** The records of a file by the person that they name; passwords are replaced by a word that only says that one was there. */
export async function* keyedRecords({ csv, header }: OpenedFile, keyColumn: string): AsyncGenerator<KeyedBlock> {
  const { delimiter } = csv.start;
  const column = header.at.get(keyColumn) ?? 0;
  const passwordAt = header.at.get(PASSWORD_COLUMN) ?? -1;
  const cut = [MODIFIED_COLUMN, PASSWORD_COLUMN].map((name) => header.at.get(name)).filter((index) => index !== undefined);
  const hashOf = lineHasher(cut, delimiter);
  const span: CellSpan = { start: -1, end: -1 };
  let firstOrdinal = 0;
  for await (const block of scanRecords(csv.file, csv.start)) {
    const indexes: number[] = [];
    for (let index = 0; index < block.count; index += 1) if (!isBlank(block, index, delimiter)) indexes.push(index);
    const keyAt = (index: number): string => {
      findCell(block, index, { column, delimiter, span });
      return span.start === -1 ? "" : keyOf(block.buffer.toString("utf8", span.start, span.end));
    };
    const bytesAt = (index: number): number => (block.ends[index] ?? 0) - (block.starts[index] ?? 0);
    const read = (index: number): KeyedRecord => {
      const cells = cellsOf(block, index, { delimiter: csv.delimiter, ascii: false });
      if (cells?.[passwordAt]) cells[passwordAt] = "present";
      const line = block.lines[index] ?? 0;
      const placed: PlacedRecord = { line, cells };
      return { key: keyAt(index), line, hash: hexOf(hashOf(block, index)), bytes: bytesAt(index), json: JSON.stringify(placed) };
    };
    yield { indexes, firstOrdinal, keyAt, bytesAt, read };
    firstOrdinal += indexes.length;
  }
}

/** A key as it is compared: without its quotes and the blanks around it, in composed form. */
function keyOf(cell: string): string {
  if (/^[!#-~]*$/.test(cell)) return cell;
  return (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell).trim().normalize("NFC");
}
