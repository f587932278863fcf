import { hash } from "node:crypto";
import type { DeliveryFile, Spool } from "../source";
import { KEY_COLUMN } from "./columns";
import { type Dealt, deal } from "./deal";
import { hashOf, type KeyPlaces, keyPlaces } from "./key-places";
import { type KeyedRecord, keyedRecords, type PlacedRecord } from "./keyed-records";
import type { OpenedFile } from "./reader";

/** Bytes of people held in memory at a time, with what their roles and profiles say. */
export const STRETCH_BYTES = 2 * 1024 * 1024;

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

/**
 * Joins roles and profiles to users in the order of users.csv and writes the result into the spool: `hash line json`. People
 * whom only roles.csv names follow at the end where users.csv is no full list (`isPart`). Memory stays at one stretch of
 * people, and every file is read a fixed number of times, however large they are: roles and profiles are dealt to the stretches
 * of people whom they name first. Passwords are not written.
 */
export async function joinPeople(
  { users, roles, profiles }: { users: OpenedFile; roles: OpenedFile | undefined; profiles: OpenedFile | undefined },
  { spool, stretchBytes, isPart }: JoinRoom & { readonly isPart: boolean },
): Promise<PeopleJoin> {
  const [usedRoles, usedProfiles] = [marks(roles), marks(profiles)];
  const places = await placesOf(users, stretchBytes);
  const dealt = async (file: OpenedFile | undefined): Promise<Dealt | undefined> =>
    file && deal(keyedRecords(file, "userSourcedId"), { spool, name: `${file.name}-dealt`, handsOf: places.of });
  const [dealtRoles, dealtProfiles] = [await dealt(roles), await dealt(profiles)];
  async function* joined(): AsyncGenerator<Iterable<string>> {
    let number = 0;
    for await (const people of stretches(users, stretchBytes)) {
      const keys = new Set(people.map(({ key }) => key));
      const ownRoles = await handOf(dealtRoles, { number, keys, used: usedRoles });
      const ownProfiles = await handOf(dealtProfiles, { number, keys, used: usedProfiles });
      number += 1;
      yield eachOf(people, (person) => joinLine(person, ownRoles.get(person.key) ?? NONE, ownProfiles.get(person.key) ?? NONE));
    }
    if (roles !== undefined && isPart) yield* groupedRoles(roles, straysOf(roles, usedRoles), { spool, stretchBytes });
  }
  const file = await spool.write("users-joined", gathered(joined()));
  return { file, strays: { roles: straysOf(roles, usedRoles), profiles: straysOf(profiles, usedProfiles) } };
}

/** Roles grouped by person, for a delivery that names people by their roles alone. */
export const groupRoles = (roles: OpenedFile, room: JoinRoom): Promise<DeliveryFile> =>
  room.spool.write("roles-grouped", gathered(groupedRoles(roles, null, room)));

/** `only`: which records of roles.csv count; all of them without it. */
async function* groupedRoles(roles: OpenedFile, only: Strays | null, { spool, stretchBytes }: JoinRoom): AsyncGenerator<Iterable<string>> {
  if (only?.count === 0) return;
  const parts = Math.max(1, Math.ceil(roles.csv.file.bytes / stretchBytes));
  const dealt = await deal(keyedRecords(roles, "userSourcedId"), {
    spool,
    name: "roles-by-part",
    handsOf: (key, ordinal) => (only === null || only.has(ordinal) ? [(hashOf(key) >>> 0) % parts] : []),
  });
  for (let part = 0; part < parts; part += 1) {
    const people = await handOf(dealt, { number: part, keys: null, used: null });
    yield eachOf(people.values(), (own) => joinLine(null, own, NONE));
  }
}

/** The records of one hand by the person whom they name; with `keys` only of those people, and marked as used. */
async function handOf(
  dealt: Dealt | undefined,
  { number, keys, used }: { number: number; keys: ReadonlySet<string> | null; used: Uint8Array | null },
): Promise<Map<string, KeyedRecord[]>> {
  const people = new Map<string, KeyedRecord[]>();
  if (dealt === undefined) return people;
  for await (const record of dealt.hand(number)) {
    if (keys?.has(record.key) === false) continue;
    const own = people.get(record.key);
    if (own === undefined) people.set(record.key, [record]);
    else own.push(record);
    if (used !== null) used[record.ordinal] = 1;
  }
  return people;
}

/** In which stretches of users.csv each key stands. */
async function placesOf(users: OpenedFile, stretchBytes: number): Promise<KeyPlaces> {
  const places = keyPlaces(users.csv.rows);
  const stretch = stretchCounter(stretchBytes);
  for await (const records of keyedRecords(users, KEY_COLUMN)) {
    for (const index of records.indexes) places.add(records.keyAt(index), stretch(records.bytesAt(index)));
  }
  return places;
}

/** Numbers stretches: answers that of a record of so many bytes, which may be the last of it. */
function stretchCounter(stretchBytes: number): (bytes: number) => number {
  let number = 0;
  let held = 0;
  return (bytes) => {
    if (held >= stretchBytes) {
      number += 1;
      held = 0;
    }
    held += bytes;
    return number;
  };
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

const marks = (file: OpenedFile | undefined): Uint8Array => new Uint8Array(file?.csv.rows ?? 0);

function straysOf(file: OpenedFile | undefined, used: Uint8Array): Strays {
  if (file === undefined) return NO_STRAYS;
  return { count: used.reduce((sum, mark) => sum + (mark === 0 ? 1 : 0), 0), has: (ordinal) => used[ordinal] === 0 };
}

async function* stretches(users: OpenedFile, stretchBytes: number): AsyncGenerator<KeyedRecord[]> {
  const numberOf = stretchCounter(stretchBytes);
  let people: KeyedRecord[] = [];
  let current = 0;
  for await (const records of keyedRecords(users, KEY_COLUMN)) {
    for (const index of records.indexes) {
      const number = numberOf(records.bytesAt(index));
      if (number !== current) {
        yield people;
        people = [];
        current = number;
      }
      people.push(records.read(index));
    }
  }
  if (people.length > 0) yield people;
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
