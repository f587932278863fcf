import type { EntityReader, PlainRows, RowChunk } from "@/server/sources/source";
import { type CopyTarget, csvCells } from "./copy";
import type { KeyedRow } from "./loading";
import { columnsOf } from "./tables";

/** How rows travel into a table: each is its line (and hash), its cells in the order of the reader, and what the table adds. */
export interface CopyForm {
  readonly hashed: boolean;
  /** The columns that follow the cells, and what a plain row says in them. */
  readonly more: readonly string[];
  readonly ofPlain: readonly (string | null)[];
  /** What another row says there. */
  ofRow(row: KeyedRow): readonly (string | null)[];
}

/** A COPY of a reader's rows in that form. */
export const copyOf = (reader: EntityReader, form: CopyForm): Pick<CopyTarget, "columns" | "form" | "maybeQuoted"> => ({
  columns: ["line", ...(form.hashed ? ["hash"] : []), ...cellColumns(reader), ...form.more].join(", "),
  form: "csv",
  // Bytes of the file: some vendors write every cell in quotes. Other rows have no empty text either.
  maybeQuoted: cellColumns(reader),
});

const cellColumns = (reader: EntityReader): readonly string[] => reader.plain?.columns ?? ["source_key", ...columnsOf(reader.entity)];

/** Every record of the reader, plain ones as bytes in that form where it can give them. */
export const chunksOf = (reader: EntityReader, form: CopyForm): AsyncIterable<RowChunk & { readonly plain?: PlainRows }> =>
  reader.plain?.chunks({ hashed: form.hashed, tail: `,${csvCells(form.ofPlain)}` }) ?? reader.rows();

/** Makes the line of a row that is not plain. */
export function rowWriter(reader: EntityReader, form: CopyForm): (row: KeyedRow) => string {
  const columns = columnsOf(reader.entity);
  const places = cellColumns(reader).map((column) => columns.indexOf(column));
  return (row) => {
    const cells = places.map((place) => (place === -1 ? row.sourceKey : (row.cells[place] ?? null)));
    return `${row.line}${form.hashed ? `,${row.hash}` : ""},${csvCells([...cells, ...form.ofRow(row)])}\n`;
  };
}
