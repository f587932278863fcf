import type { Entity } from "@/server/roster/entities";
import type { Issue } from "@/server/roster/issue";
import type { IssueCode } from "@/server/roster/issue-codes";
import type { OptionDefaults } from "@/server/roster/options";
import type { FileMode } from "@/server/roster/run";

/**
 * How rows are read, whatever they come from. Everything that arrives becomes a delivery first: named files that can be read
 * at any offset. A source recognises those files, says how each is read, and turns records into rows in file form
 * (`roster/entities.ts`). It knows no database, no clock and no network: what it needs comes in.
 */
export interface Source {
  /** The word of this source in tables, URLs and settings: lower case, words joined by hyphens. */
  readonly key: string;
  readonly label: string;
  /** Raised whenever the same bytes would be read to something else: what older rules read is read anew, also where nothing else changed. */
  readonly rulesVersion: string;
  /** One line of what an institution needs in order to use it. */
  readonly needs: string;
  /** What stands on its tile where sources are chosen. */
  readonly tile: SourceTile;
  /** What a person types in to connect it; none where files are simply sent. Drawn as they stand here. */
  readonly fields: readonly Field[];
  /** The systems that are known to bring it, for whoever knows the system's name and nothing else. */
  readonly systems: readonly KnownSystem[];
  /** The options that a feed of this source has (`roster/options.ts`), each with its default here. */
  readonly options: OptionDefaults;
  /**
   * Recognises the files of a delivery. Never throws for bad data: what is wrong with the package or a whole file stands in
   * `issues`, and when one of them is a refusal nothing may be loaded.
   */
  open(delivery: DeliveryFiles, settings: ReadingSettings): Promise<Reading>;
  /**
   * Tests what arrived, for the list that ticks while somebody connects: quickly, from the beginnings of large files. Never
   * throws for bad data; what a full reading finds besides, the run says.
   */
  check(delivery: DeliveryFiles, settings: ReadingSettings): Promise<CheckReport>;
  /**
   * Tests what was typed in to connect, by the key of the field, before any of it is relied on. Every source with a secret field has
   * it; it throws for nothing that a person could have typed.
   */
  readonly checkConnection?: (values: Readonly<Record<string, string>>) => Promise<readonly CheckLine[]>;
  /** Small files in the form that this source reads: `templates` hold headers alone, `samples` a made-up district. */
  example(kind: "templates" | "samples"): readonly ExampleFile[];
}

interface SourceTile {
  /** Whom it suits, in a few words. */
  readonly suits: string;
  /** How long a person takes to connect it. */
  readonly minutes: number;
  /** What its files are called where they are dropped: "one zip, or all the CSV files together". */
  readonly files: string;
  /** Which files those may be: "OneRoster 1.1 or 1.2." */
  readonly accepts: string;
}

/** The field in which a feed keeps the name of the system that its data come from, where its source asks for it. */
export const SYSTEM_FIELD = "system";

/** One thing to type in. A `secret` is kept sealed, can be replaced, and is never shown again. */
export interface Field {
  readonly key: string;
  readonly label: string;
  readonly kind: "text" | "url" | "secret";
  readonly required: boolean;
  /** Where to find it, in the words of the system that shows it. */
  readonly hint: string;
}

/** A student information system that brings a source. */
export interface KnownSystem {
  /** As its maker spells it. */
  readonly name: string;
  /** Other words that people use for it, in lower case. */
  readonly aliases: readonly string[];
  /** Where in that system the files come from, or what to ask its administrator for. */
  readonly where: string;
}

/** What a test of a connection found. */
export interface CheckReport {
  readonly lines: readonly CheckLine[];
  readonly columns: readonly ColumnReport[];
}

/** One line of the test list. `fail`: nothing can be read until it is mended. */
export interface CheckLine {
  readonly label: string;
  readonly outcome: "ok" | "warning" | "fail";
  /** What was seen, in a few words. */
  readonly seen: string;
  /** Of everything that is not `ok`. */
  readonly cause?: string;
  readonly fix?: string;
  readonly code?: IssueCode;
}

/** One column of a file as it was understood. */
export interface ColumnReport {
  readonly file: string;
  readonly entity: Entity;
  /** As the file has it. */
  readonly heading: string;
  /** The column of the roster that it fills. */
  readonly column: string;
  /** How many of the first rows fill it, and how many were looked at. */
  readonly filled: number;
  readonly of: number;
  /** At most three different values; of people only the shape of each. */
  readonly samples: readonly string[];
}

export interface ExampleFile {
  readonly name: string;
  chunks(): Iterable<string>;
}

/** The files of one delivery, by the name under which they arrived (a zip is already unpacked). */
export interface DeliveryFiles {
  /** What arrived as a package: the zip's name, or null for loose files. */
  readonly packageName: string | null;
  readonly files: readonly DeliveryFile[];
  /** A place for files that a reader has to write first (a join in key order); removed with the delivery's reading. */
  readonly spool: Spool;
}

export interface DeliveryFile {
  readonly name: string;
  readonly bytes: number;
  /** These are the first bytes of a larger file: what stands behind the last whole record is no record. */
  readonly isHead?: boolean;
  /** The bytes from `from` (inclusive) to `to` (exclusive); the whole file without them. Chunks of any size. */
  read(from?: number, to?: number): AsyncIterable<Buffer>;
}

export interface Spool {
  /** Writes a file once and returns it for reading. Sealed where deliveries are sealed. */
  write(name: string, chunks: AsyncIterable<Buffer>): Promise<DeliveryFile>;
}

/** What a feed (or the command line) says about reading; each unset where nothing was said. */
export interface ReadingSettings {
  /** By logical file name (`users.csv`), `*` for all: the feed's word wins over the manifest (R24). */
  readonly modes: Readonly<Record<string, "bulk" | "delta">>;
  /** The encoding the feed is set to, for files that are not Unicode: `windows-1252`. */
  readonly encoding: string | null;
  /** `03/04/2026` is read in this order; null: the source's own rule. */
  readonly dateOrder: "MDY" | "DMY" | null;
}

export interface Reading {
  readonly issues: readonly Issue[];
  /** Every file that arrived or that the manifest names, also those that are not read. */
  readonly files: readonly ReadingFile[];
  /** One reader per entity that can be loaded, in the order of ENTITIES. Empty when refused. */
  readonly readers: readonly EntityReader[];
}

export interface ReadingFile {
  readonly name: string;
  /** Null: recognised and not read (demographics.csv), or unknown. */
  readonly entity: Entity | null;
  readonly mode: FileMode;
  readonly bytes: number;
  readonly encoding: string | null;
  /** Records of the file, blank lines and the header left out; 0 where it was not read. */
  readonly rows: number;
  /** The file whose rows take this one's in (roles of people), so that they are counted there; absent: it has rows of its own. */
  readonly mergedInto?: string;
}

/** Reads one entity. Every method may be called any number of times and starts afresh. Memory stays flat. */
export interface EntityReader {
  readonly entity: Entity;
  readonly file: string;
  readonly mode: FileMode;
  readonly bytes: number;
  /**
   * A digest of all that decides what a line means: header, options, and the version of the reading rules. Fingerprints of
   * another shape are not trusted.
   */
  readonly shape: string;
  /** The columns of the entity that this file has. A column it lacks is absent: it never changes anything (canonical model §1.5). */
  readonly columns: readonly string[];
  /**
   * Columns of this reader whose cell is a JSON list of entries with a `key`, to be merged into the current list by that key
   * (an entry `{"key": …, "deleted": true}` leaves it) instead of replacing it: a delta that names single roles of a person.
   * What follows from such a list (a person's schools and main role) is made of the merged one.
   */
  readonly merged?: readonly string[];
  /** Some rows may be `partial`: only beside the roster can they be told from records of their own. */
  readonly hasPartial?: true;
  /**
   * What the file calls each of those columns, for findings about them: `classSourcedId` for `class_key`. `extras` is among them
   * where the rows say them in full: a row without them has none.
   */
  readonly headings: Readonly<Record<string, string>>;
  /** Every record, in file order, parsed and validated. */
  rows(): AsyncIterable<RowChunk>;
  /** The same records for loading, most of them as bytes; absent where a reader has only rows. */
  readonly plain?: PlainReading;
  /** Every record, only found and hashed: for quick runs. Blank lines are left out. */
  lines(): AsyncIterable<LineBlock>;
  /** The records at those spans (ascending offsets), parsed and validated. */
  at(spans: readonly LineSpan[]): AsyncIterable<RowChunk>;
  /** Of what `rows` finds, that which is about no row of it and so in no span: roles of nobody. Chunks without rows. */
  strays?(): AsyncIterable<RowChunk>;
}

/**
 * Rows that need no look at any single cell are handed on as the bytes of the file: parsing them, and building values that are
 * written down at once again, costs ten times as much (PERFORMANCE.md §3).
 */
interface PlainReading {
  /** The columns of a plain row: `source_key` and columns of the entity, in the order of the file. */
  readonly columns: readonly string[];
  /**
   * Every record: in `rows` those that need more, in `plain` the others. A plain row is CSV with commas: its line, with `hashed`
   * its hash as hex digits, its cells, then `tail` as it stands, and a line feed.
   */
  chunks(form: { readonly hashed: boolean; readonly tail: string }): AsyncIterable<RowChunk & { readonly plain: PlainRows }>;
}

/** Rows that are valid and active, were never stamped, have a key that may be their sourcedId, and about which there is nothing to say. */
export interface PlainRows {
  readonly count: number;
  readonly csv: Buffer;
  readonly lines: Int32Array;
  /** Four words a row. */
  readonly hashes: Int32Array;
}

/** Records of one stretch of a file, each value at the record's place. */
export interface LineBlock {
  readonly count: number;
  /** Four words a record: 128 bits over its bytes, with the cells cut out that say when it changed and hold a password. */
  readonly hashes: Int32Array;
  readonly lines: Int32Array;
  readonly offsets: Float64Array;
  readonly bytes: Int32Array;
}

export interface LineSpan {
  /** As 32 hex digits. */
  readonly hash: string;
  /** Physical line of the record's first byte, header = 1. */
  readonly line: number;
  readonly offset: number;
  readonly bytes: number;
}

export interface RowChunk {
  readonly rows: readonly Row[];
  /**
   * Findings of these records, errors and warnings, in line order. Repairs that hit many rows are told once per column, with
   * their first place and a count, in the last chunk (which may hold no rows).
   */
  readonly issues: readonly Issue[];
  /** Records that were skipped because every cell was blank. */
  readonly blank: number;
  /** Bytes of the file that lie behind, for progress. */
  readonly bytesRead: number;
}

/**
 * One record. `valid: false`: its issues say why; it is not loaded but counts as present, so `sourceKey` is given wherever it
 * could be read. A row that is not valid and has no key could be anybody: while a file has one, absence from that file is no
 * evidence and archives nobody. `cells` follows `COLUMNS[entity]`. A `tobedeleted` row may lack any cell but its key.
 */
export interface Row {
  readonly valid: boolean;
  /** Of a partial row its line in the file that `partial` names, below zero. */
  readonly line: number;
  /**
   * The row says nothing but its `merged` columns, and only of a record that is there already; the name of the file in which
   * it stands. Absent: the row says all that its reader's columns hold.
   */
  readonly partial?: string;
  readonly hash: string;
  readonly sourceKey: string | null;
  /** `tobedeleted` asks for an archive in a delta file; in a bulk file it counts as present and reads `active`. */
  readonly status: "active" | "inactive" | "tobedeleted";
  /** ISO time with zone, or null. */
  readonly modifiedAt: string | null;
  /** JSON text of what is kept beside the typed columns, or null. */
  readonly extras: string | null;
  readonly cells: readonly (string | null)[];
}
