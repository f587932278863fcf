import { hash } from "node:crypto";
import { type CellSpan, cellsOf, findCell, isBlank } from "../lib/cells";
import { hexOf, lineHasher } from "../lib/line-hash";
import { scanRecords } from "../lib/records";
import type { DeliveryFile, Spool } from "../source";
import { KEY_COLUMN, MODIFIED_COLUMN, PASSWORD_COLUMN } from "./columns";
import type { OpenedFile } from "./reader";

/** Bytes of people held in memory at a time; roles and profiles are read once for each such stretch. */
export const STRETCH_BYTES = 8 * 1024 * 1024;

/** One record of a file with its place; null cells: its quotes are malformed. */
export interface PlacedRecord {
  readonly line: number;
  readonly cells: readonly string[] | null;
}

/** A person with all that roles.csv and userProfiles.csv say; `user` null: only the roles came. */
export interface JoinedPerson {
  readonly user: PlacedRecord | null;
  readonly roles: readonly PlacedRecord[];
  readonly profiles: readonly PlacedRecord[];
}

/** The join of the three files, one person a line; what names nobody of users.csv stands in `strays`. */
export interface PeopleJoin {
  readonly file: DeliveryFile;
  readonly strays: { readonly roles: Strays; readonly profiles: Strays };
}

/** Ordinals of records (blank ones left out) whose person is not in users.csv. */
export interface Strays {
  readonly count: number;
  has(ordinal: number): boolean;
}

const NONE: KeyedRecord[] = [];
const NO_STRAYS: Strays = { count: 0, has: () => false };

/** Where a join is written, and how many bytes of people it may hold. */
export interface JoinRoom {
  readonly spool: Spool;
  readonly stretchBytes: number;
}

/** A record as the join holds it: its text is ready to be written, for parsed cells would take six times the room. */
interface KeyedRecord {
  readonly key: string;
  readonly line: number;
  readonly hash: string;
  readonly bytes: number;
  /** A PlacedRecord as JSON. */
  readonly json: string;
}

/**
 * Joins roles and profiles to users in the order of users.csv and writes the result into the spool: `hash line json`. People
 * whom only roles.csv names follow at the end where users.csv is no full list (`isPart`). Memory stays at one stretch of
 * people however large the files are. Passwords are not written.
 */
export async function joinPeople(
  { users, roles, profiles }: { users: OpenedFile; roles: OpenedFile | undefined; profiles: OpenedFile | undefined },
  { spool, stretchBytes, isPart }: JoinRoom & { readonly isPart: boolean },
): Promise<PeopleJoin> {
  const [usedRoles, usedProfiles] = [marks(roles), marks(profiles)];
  async function* joined(): AsyncGenerator<Iterable<string>> {
    for await (const people of stretches(users, stretchBytes)) {
      const byKey = new Map(
        people.map(({ key }) => [key, { roles: [] as KeyedRecord[], profiles: profiles ? ([] as KeyedRecord[]) : NONE }]),
      );
      const rolesOf = (key: string): KeyedRecord[] | undefined => byKey.get(key)?.roles;
      const profilesOf = (key: string): KeyedRecord[] | undefined => byKey.get(key)?.profiles;
      await attach(roles, rolesOf, usedRoles);
      await attach(profiles, profilesOf, usedProfiles);
      yield eachOf(people, (person) => {
        const own = byKey.get(person.key) ?? { roles: NONE, profiles: NONE };
        return joinLine(person, own.roles, own.profiles);
      });
    }
    if (roles !== undefined && isPart) yield* groupedRoles(roles, straysOf(roles, usedRoles), stretchBytes);
  }
  const file = await spool.write("users-joined", gathered(joined()));
  return { file, strays: { roles: straysOf(roles, usedRoles), profiles: straysOf(profiles, usedProfiles) } };
}

/** Roles grouped by person, for a delivery that names people by their roles alone. */
export const groupRoles = (roles: OpenedFile, { spool, stretchBytes }: JoinRoom): Promise<DeliveryFile> =>
  spool.write("roles-grouped", gathered(groupedRoles(roles, null, stretchBytes)));

/** `only`: which records of roles.csv count; all of them without it. */
async function* groupedRoles(roles: OpenedFile, only: Strays | null, stretchBytes: number): AsyncGenerator<Iterable<string>> {
  if (only?.count === 0) return;
  const parts = Math.max(1, Math.ceil(roles.csv.file.bytes / stretchBytes));
  for (let part = 0; part < parts; part += 1) {
    const people = new Map<string, KeyedRecord[]>();
    for await (const records of keyedRecords(roles, "userSourcedId")) {
      for (const [place, index] of records.indexes.entries()) {
        const key = records.keyAt(index);
        if ((only !== null && !only.has(records.firstOrdinal + place)) || partOf(key, parts) !== part) continue;
        const own = people.get(key);
        if (own === undefined) people.set(key, [records.read(index)]);
        else own.push(records.read(index));
      }
    }
    yield eachOf(people.values(), (own) => joinLine(null, own, NONE));
  }
}

function* eachOf<T>(items: Iterable<T>, make: (item: T) => string): Generator<string> {
  for (const item of items) yield make(item);
}

/** Lines as bytes, a few hundred at a time: one write for each would cost more than the line. */
async function* gathered(stretches: AsyncIterable<Iterable<string>>): AsyncGenerator<Buffer> {
  for await (const lines of stretches) {
    let some: string[] = [];
    for (const line of lines) {
      some.push(line);
      if (some.length < LINES_PER_WRITE) continue;
      yield Buffer.from(some.join(""));
      some = [];
    }
    yield Buffer.from(some.join(""));
  }
}

const LINES_PER_WRITE = 256;

const partOf = (key: string, parts: number): number => (parts === 1 ? 0 : Number.parseInt(hash("md5", key, "hex").slice(0, 8), 16) % parts);

const marks = (file: OpenedFile | undefined): Uint8Array => new Uint8Array(file?.csv.rows ?? 0);

function straysOf(file: OpenedFile | undefined, used: Uint8Array): Strays {
  if (file === undefined) return NO_STRAYS;
  return { count: used.reduce((sum, mark) => sum + (mark === 0 ? 1 : 0), 0), has: (ordinal) => used[ordinal] === 0 };
}

async function attach(file: OpenedFile | undefined, listOf: (key: string) => KeyedRecord[] | undefined, used: Uint8Array): Promise<void> {
  if (file === undefined) return;
  for await (const records of keyedRecords(file, "userSourcedId")) {
    for (const [place, index] of records.indexes.entries()) {
      const list = listOf(records.keyAt(index));
      if (list === undefined) continue;
      list.push(records.read(index));
      used[records.firstOrdinal + place] = 1;
    }
  }
}

async function* stretches(users: OpenedFile, stretchBytes: number): AsyncGenerator<KeyedRecord[]> {
  let people: KeyedRecord[] = [];
  let bytes = 0;
  for await (const records of keyedRecords(users, KEY_COLUMN)) {
    for (const index of records.indexes) {
      const record = records.read(index);
      people.push(record);
      bytes += record.bytes;
      if (bytes < stretchBytes) continue;
      yield people;
      people = [];
      bytes = 0;
    }
  }
  if (people.length > 0) yield people;
}

/** The records of one block, of which the person that they name is found at once and the rest when asked for. */
interface KeyedBlock {
  /** Those that are not blank, as they stand in the block. */
  readonly indexes: readonly number[];
  /** How many records that are not blank stand before this block. */
  readonly firstOrdinal: number;
  keyAt(index: number): string;
  read(index: number): KeyedRecord;
}

/** The records of a file by the person that they name; passwords are replaced by a word that only says that one was there. */
async function* keyedRecords({ csv, header }: OpenedFile, keyColumn: string): AsyncGenerator<KeyedBlock> {
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
    const read = (index: number): KeyedRecord => {
      const cells = cellsOf(block, index, { delimiter: csv.delimiter, ascii: false });
      if (cells?.[passwordAt]) cells[passwordAt] = "present";
      const line = block.lines[index] ?? 0;
      const placed: PlacedRecord = { line, cells };
      const bytes = (block.ends[index] ?? 0) - (block.starts[index] ?? 0);
      return { key: keyAt(index), line, hash: hexOf(hashOf(block, index)), bytes, json: JSON.stringify(placed) };
    };
    yield { indexes, firstOrdinal, keyAt, read };
    firstOrdinal += indexes.length;
  }
}

/** A key as it is compared: without its quotes and the blanks around it, in composed form. */
function keyOf(cell: string): string {
  if (/^[!#-~]*$/.test(cell)) return cell;
  return (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell).trim().normalize("NFC");
}

/** The hash of a joined line ignores the order in which roles and profiles stand in their files. */
function joinLine(user: KeyedRecord | null, roles: readonly KeyedRecord[], profiles: readonly KeyedRecord[]): string {
  const hashes = (records: readonly KeyedRecord[]): string =>
    records
      .map((record) => record.hash)
      .sort()
      .join();
  const joined = hash("md5", `${user?.hash ?? ""};${hashes(roles)};${hashes(profiles)}`, "hex");
  const list = (records: readonly KeyedRecord[]): string => `[${records.map((record) => record.json).join()}]`;
  const person = `{"user":${user?.json ?? "null"},"roles":${list(roles)},"profiles":${list(profiles)}}`;
  return `${joined} ${user?.line ?? roles[0]?.line ?? 0} ${person}\n`;
}

/** One line of a join: where it lies, what it hashes to, and its text. */
export interface JoinedLine {
  readonly hash: string;
  readonly line: number;
  readonly offset: number;
  readonly bytes: number;
  readonly person: () => JoinedPerson;
}

/** The lines of a join, a chunk at a time. */
export async function* joinedLines(file: DeliveryFile): AsyncGenerator<{ lines: readonly JoinedLine[]; bytesRead: number }> {
  let rest: Buffer = Buffer.alloc(0);
  let base = 0;
  for await (const chunk of file.read()) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const lines: JoinedLine[] = [];
    let from = 0;
    for (let end = rest.indexOf(0x0a); end !== -1; end = rest.indexOf(0x0a, from)) {
      lines.push(parseJoined(rest.subarray(from, end), base + from));
      from = end + 1;
    }
    rest = rest.subarray(from);
    base += from;
    if (lines.length > 0) yield { lines, bytesRead: base };
  }
}

/** Reads one line of a join, without its line end. */
export function parseJoined(bytes: Buffer, offset: number): JoinedLine {
  const space = bytes.indexOf(0x20, 33);
  const person = (): JoinedPerson => JSON.parse(bytes.toString("utf8", space + 1));
  return { hash: bytes.toString("latin1", 0, 32), line: Number(bytes.toString("latin1", 33, space)), offset, bytes: bytes.length, person };
}
