import { hash } from "node:crypto";
import type { EntityReader, Row, RowChunk } from "@/server/sources/source";
import type { OpenSet } from "./context";
import type { CopyInto, CopySession } from "./copy";
import type { CopyForm } from "./copy-form";
import type { IssueLog, IssueTotal } from "./issues";
import { rowsOfIssues } from "./place-issues";
import type { Progress } from "./progress";

/** One file on its way in. */
export interface Loading {
  readonly open: OpenSet;
  readonly reader: EntityReader;
  readonly position: number;
  readonly issues: IssueLog;
  readonly progress: Progress;
  /** Tells that the file was read through: the next one may be. */
  readonly hasRead: () => void;
}

/** What is counted while rows pass. */
export interface Tally {
  read: number;
  rejected: number;
  nameless: number;
  known: number;
  repeated: number;
  newestAt: string | null;
}

export const noTally = (): Tally => ({ read: 0, rejected: 0, nameless: 0, known: 0, repeated: 0, newestAt: null });

export type KeyedRow = Row & { readonly sourceKey: string };

/** Counts a row; false where it has no key and so cannot be staged. */
export function count(tally: Tally, row: Row): row is KeyedRow {
  tally.read += 1;
  if (row.modifiedAt !== null && (tally.newestAt === null || Date.parse(row.modifiedAt) > Date.parse(tally.newestAt))) {
    tally.newestAt = row.modifiedAt;
  }
  if (row.valid) return row.sourceKey !== null;
  tally.rejected += 1;
  if (row.sourceKey === null) tally.nameless += 1;
  return row.sourceKey !== null;
}

/** Passes every chunk's rows to `write`, its findings to the log, and tells how far it is. */
export async function pass<Chunk extends RowChunk>(
  loading: Loading,
  chunks: AsyncIterable<Chunk>,
  write: (chunk: Chunk) => Promise<void>,
): Promise<void> {
  for await (const chunk of chunks) {
    await write(chunk);
    if (chunk.issues.length > 0) await loading.issues.add(chunk.issues, rowsOfIssues(loading.reader, chunk));
    await loading.progress.tell(chunk.bytesRead, loading.reader.bytes);
  }
}

/** What a staged row says beyond its cells. */
export const stagedForm = (position: number): CopyForm => ({
  hashed: true,
  more: ["position", "status", "verdict", "partial", "modified_at", "extras"],
  ofPlain: [String(position), "active", null, null, null, null],
  ofRow: (row) => [String(position), row.status, row.valid ? null : "rejected", row.partial ?? null, row.modifiedAt, row.extras],
});

/** Writes the staged form of some rows. */
export async function writeStaged(
  into: CopyInto,
  of: { rows: readonly Row[]; tally: Tally; line: (row: KeyedRow) => string },
): Promise<void> {
  const lines: string[] = [];
  for (const row of of.rows) if (count(of.tally, row)) lines.push(of.line(row));
  if (lines.length > 0) await into.write(lines.join(""));
}

/** A OneRoster identifier: what may be a sourcedId as it is. */
export const LEGAL_SQL = "^[0-9A-Za-z._/@-]{1,255}$";

const LEGAL_CODES = new Set(
  [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._/@-"].map((letter) => letter.charCodeAt(0)),
);
const LEGAL_BY_CODE = Uint8Array.from({ length: 128 }, (_, code) => (LEGAL_CODES.has(code) ? 1 : 0));

/** `LEGAL_SQL` for one key, without the engine of expressions: asked of every row of a first load. */
function isLegal(key: string): boolean {
  if (key.length === 0 || key.length > 255) return false;
  for (let index = 0; index < key.length; index += 1) if (LEGAL_BY_CODE[key.charCodeAt(index)] !== 1) return false;
  return true;
}

/** The sourcedId of a new record in an environment that holds no other: null where it equals the key (canonical model §1.2). */
export function newSourcedId(at: { feedId: number; entity: string; sourceKey: string }): string | null {
  if (isLegal(at.sourceKey)) return null;
  const digest = hash("md5", `${at.feedId}:${at.entity}:${at.sourceKey}`, "hex");
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Writes what became of the file, in the transaction that loaded it: the later steps of the set read nothing else. */
export async function keepLoad(
  session: CopySession,
  loading: Loading,
  of: { landing: "direct" | "full" | "quick"; tally: Tally; totals: readonly IssueTotal[] },
): Promise<void> {
  const { open, reader, position } = loading;
  const { tally } = of;
  await session.query(
    `insert into loads (institution_id, run_id, position, entity, file, mode, shape, columns, merged, landing,
       read, rejected, nameless, known, repeated, newest_at, issue_totals, headings)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
    [
      open.institutionId,
      open.runId,
      position,
      reader.entity,
      reader.file,
      reader.mode,
      reader.shape,
      [...new Set(reader.columns)],
      [...(reader.merged ?? [])],
      of.landing,
      tally.read,
      tally.rejected,
      tally.nameless,
      tally.known,
      tally.repeated,
      tally.newestAt,
      JSON.stringify(of.totals),
      JSON.stringify(reader.headings),
    ],
  );
}
