import { hash } from "node:crypto";
import { COLUMNS } from "@/server/roster/entities";
import { collectFindings, type Findings } from "@/server/roster/findings";
import type { Issue } from "@/server/roster/issue";
import { blockOfSpans } from "../lib/line-block";
import type { DeliveryFile, EntityReader, LineBlock, LineSpan, Row, RowChunk } from "../source";
import type { PlacedRecord } from "./keyed-records";
import { rowMap } from "./map";
import {
  groupRoles,
  type JoinedLine,
  type JoinedPerson,
  type JoinRoom,
  joinedLines,
  joinPeople,
  parseJoined,
  type Strays,
} from "./people-join";
import { strayIssues } from "./people-strays";
import { fileReader, headingsOf, type OpenedFile } from "./reader";
import { type DeletedRole, type OrgRole, type Profile, plainRole, profileReader, roleReader, sortRoles } from "./roles";
import { cellIndex } from "./rules";
import { RULES_VERSION } from "./rules-version";
import { isUserId } from "./values";

/** The three files of 1.2 that describe people; each may be missing. */
export interface PeopleFiles {
  readonly users: OpenedFile | undefined;
  readonly roles: OpenedFile | undefined;
  readonly profiles: OpenedFile | undefined;
}

/** Where the readers write their joins, and the options that change what a line means. */
export interface Joining extends JoinRoom {
  readonly options: readonly string[];
}

/**
 * The reader of people in 1.2; none where neither they nor their roles came. users.csv comes joined with its roles and
 * profiles, in its own order and with its own lines. Where it is no full list, roles may name people beside it: they follow
 * as rows that say nothing but their roles (`partial`). Roles of a delta are merged by their key (`merged`), for the other
 * roles of the person stay as they are; schools and main role follow from what comes of it.
 */
export async function usersReaders(files: PeopleFiles, joining: Joining): Promise<EntityReader[]> {
  const { users, roles, profiles } = files;
  const { options } = joining;
  if (users === undefined) return roles === undefined ? [] : [await rolesReader(roles, joining)];
  if (roles === undefined && profiles === undefined) {
    const reader = fileReader({ ...users, options });
    return [{ ...reader, headings: { ...reader.headings, ...OF_ROLES } }];
  }
  // The roles of the first people may stand anywhere in their file: of its beginning, each file is looked at by itself.
  if (roles?.csv.file.isHead === true) return [fileReader({ ...users, options }), await rolesReader(roles, joining)];
  const isPart = users.mode !== "bulk";
  const join = await joinPeople({ users, roles, profiles }, { ...joining, isPart });
  return [joinedReader({ ...files, file: join.file, options, strays: isPart ? { ...join.strays, roles: null } : join.strays })];
}

/** Roles without a list of people. */
const rolesReader = async (roles: OpenedFile, joining: Joining): Promise<EntityReader> =>
  joinedReader({
    users: undefined,
    roles,
    profiles: undefined,
    file: await groupRoles(roles, joining),
    options: joining.options,
    strays: { roles: null, profiles: null },
  });

interface People extends PeopleFiles {
  /** The join in the spool. */
  readonly file: DeliveryFile;
  readonly options: readonly string[];
  /** Records that name nobody of users.csv, where that is a finding. */
  readonly strays: { readonly roles: Strays | null; readonly profiles: Strays | null };
}

function joinedReader(people: People): EntityReader {
  const { file, users, roles, profiles } = people;

  async function* rows(): AsyncGenerator<RowChunk> {
    const map = personMap(people);
    let bytesRead = 0;
    for await (const chunk of joinedLines(file)) {
      const found = chunk.lines.map(map.row);
      bytesRead = chunk.bytesRead;
      yield { rows: found, issues: map.take(), blank: 0, bytesRead };
    }
    yield* strays();
    const counted = map.takeCounted();
    if (counted.length > 0) yield { rows: [], issues: counted, blank: 0, bytesRead };
  }

  async function* strays(): AsyncGenerator<RowChunk> {
    for await (const issues of strayIssues(people)) yield { rows: [], issues, blank: 0, bytesRead: file.bytes };
  }

  async function* lines(): AsyncGenerator<LineBlock> {
    for await (const chunk of joinedLines(file)) yield blockOfSpans(chunk.lines);
  }

  async function* at(spans: readonly LineSpan[]): AsyncGenerator<RowChunk> {
    const map = personMap(people);
    for (const span of spans) {
      const chunks: Buffer[] = [];
      for await (const chunk of file.read(span.offset, span.offset + span.bytes)) chunks.push(chunk);
      const row = map.row(parseJoined(Buffer.concat(chunks), span.offset));
      yield { rows: [row], issues: map.take(), blank: 0, bytesRead: span.offset + span.bytes };
    }
    const counted = map.takeCounted();
    if (counted.length > 0) yield { rows: [], issues: counted, blank: 0, bytesRead: file.bytes };
  }

  const isFull = users?.mode === "bulk" && profiles?.mode === "bulk";
  const parts = [users, roles, profiles].map(
    (part) => part && [[...part.header.at], part.header.width, part.csv.delimiter, part.mode, part.saidDelta],
  );
  return {
    entity: "users",
    file: users?.name ?? roles?.name ?? "users.csv",
    // Roles alone never are the full list of people.
    mode: users?.mode ?? "delta",
    bytes: file.bytes,
    shape: hash("md5", JSON.stringify([RULES_VERSION, "joined", parts, people.options]), "hex"),
    columns: columnsOf(people),
    ...(mergesRoles(people) ? { merged: ["org_roles"] } : {}),
    ...(roles !== undefined && users?.mode !== "bulk" ? { hasPartial: true } : {}),
    headings: { ...headingsOf(users?.columns ?? []), ...OF_ROLES, ...(isFull ? { extras: profiles.name } : {}) },
    rows,
    lines,
    at,
    strays,
  };
}

/** Whether the roles that came are some of a person's roles, not all. */
const mergesRoles = ({ roles }: PeopleFiles): boolean => roles !== undefined && roles.mode !== "bulk";

function columnsOf(people: PeopleFiles): readonly string[] {
  const { users, roles } = people;
  const filled = new Set(users?.columns.flatMap(({ name, to }) => (to !== null && users.header.at.has(name) ? [to] : [])) ?? []);
  if (people.profiles !== undefined && users !== undefined) filled.add("external_ids");
  if (roles !== undefined) for (const column of ["org_roles", "org_keys", "primary_role"]) filled.add(column);
  return COLUMNS.users.map((column) => column.name).filter((column) => filled.has(column));
}

/** What roles.csv calls what is made of it. */
const OF_ROLES = { org_keys: "orgSourcedId", primary_role: "role", org_roles: "role" };

const ORG_KEYS = cellIndex("users", "org_keys");
const ORG_ROLES = cellIndex("users", "org_roles");
const PRIMARY_ROLE = cellIndex("users", "primary_role");
const EXTERNAL_IDS = cellIndex("users", "external_ids");

interface PersonMap {
  row(line: JoinedLine): Row;
  take(): Issue[];
  takeCounted(): Issue[];
}

/** Turns joined lines into rows; findings of each of the three files keep their own place. */
function personMap(people: People): PersonMap {
  const { users, roles, profiles } = people;
  const all = [users, roles, profiles].map((file) => (file === undefined ? null : collectFindings(file.name, "users")));
  const [ofUsers, ofRoles, ofProfiles] = all;
  const map = users && ofUsers ? rowMap("users", { ...users }, ofUsers) : null;
  const readRole = roles && ofRoles ? roleReader(roles, ofRoles) : null;
  const readProfile = profiles && ofProfiles ? profileReader(profiles, ofProfiles) : null;
  const bare = (line: JoinedLine, key: string | null): Row => {
    const cells = new Array<string | null>(COLUMNS.users.length).fill(null);
    return {
      valid: key !== null,
      // Lines of roles.csv must not be taken for those of users.csv.
      line: -line.line,
      partial: roles?.name ?? "",
      hash: line.hash,
      sourceKey: key,
      status: "active",
      modifiedAt: null,
      extras: null,
      cells,
    };
  };
  return {
    row(line) {
      const person = line.person();
      const row =
        map && person.user ? map(person.user.cells, { line: person.user.line, hash: line.hash }) : bare(line, nameOfRoles(people, person));
      if (row.status === "tobedeleted") return row;
      const told = readRole === null ? [] : readOnce(person.roles, ofRoles, (record) => named(ofRoles, row, readRole(record)));
      const found = told.filter((role) => role !== null);
      const given =
        readProfile === null
          ? []
          : readOnce(person.profiles, ofProfiles, (record) => named(ofProfiles, row, readProfile(record))).flatMap(standing);
      const cells = [...row.cells];
      setRoles(cells, found, primaryOrgOf(people, person));
      let valid = row.valid && found.length === told.length;
      if (row.valid && users && roles && !mergesRoles(people) && told.length === 0) {
        ofUsers?.report("REQUIRED", "role", { detail: "roles.csv has no role for this person; everybody needs one." });
        valid = false;
      }
      setProfileIds(cells, given);
      const extras =
        given.length === 0 ? null : JSON.stringify({ or: { profiles: given.map((profile) => ({ key: profile.key, ...profile.values })) } });
      return { ...row, valid, cells, extras };
    },
    take: () => all.flatMap((findings) => findings?.take() ?? []),
    takeCounted: () => all.flatMap((findings) => findings?.takeCounted() ?? []),
  };
}

/** The same role or profile of a person again is read once, as the same row again is. */
function readOnce<Read>(
  records: readonly PlacedRecord[],
  findings: Findings | null | undefined,
  read: (record: PlacedRecord) => Read | null,
): (Read | null)[] {
  if (records.length < 2) return records.map(read);
  const lines = new Map<string, number>();
  return records.flatMap((record) => {
    const found = read(record);
    const said = JSON.stringify(found);
    const first = found === null ? undefined : lines.get(said);
    if (first === undefined) {
      lines.set(said, record.line);
      return [found];
    }
    findings?.report("DUPLICATE_ROW", "sourcedId", { detail: `The row repeats line ${first}; it was read once.` });
    return [];
  });
}

/** What is found in a person's role or profile is about that person. */
function named<Read>(findings: Findings | null | undefined, row: Row, read: Read): Read {
  if (row.sourceKey !== null) findings?.name(row.sourceKey);
  return read;
}

/** The roles in file form, and what follows from those that are not taken away. */
function setRoles(cells: (string | null)[], found: readonly (OrgRole | DeletedRole)[], primaryOrg: string | null): void {
  if (found.length === 0) return;
  cells[ORG_ROLES] = JSON.stringify(sortRoles(found));
  const roles = sortRoles(found.filter((role) => "org" in role));
  const first = roles.find((role) => role.primary && role.org === primaryOrg) ?? roles[0];
  if (first === undefined) return;
  cells[PRIMARY_ROLE] = plainRole(first.role);
  cells[ORG_KEYS] = [...new Set([first.org, ...roles.map((role) => role.org)])].join(",");
}

const standing = (profile: Profile | null): Profile[] => (profile === null || profile.deleted ? [] : [profile]);

/** What a profile calls the person is an external id of its vendor, beside those of userIds (canonical model §3). */
function setProfileIds(cells: (string | null)[], profiles: readonly Profile[]): void {
  const ids = profiles.map(({ values }) => `{${values.vendorId}:${values.username}}`).filter(isUserId);
  if (ids.length > 0) cells[EXTERNAL_IDS] = [...new Set([...(cells[EXTERNAL_IDS]?.split(",") ?? []), ...ids.sort()])].join(",");
}

function primaryOrgOf({ users }: PeopleFiles, { user }: JoinedPerson): string | null {
  const at = users?.header.at.get("primaryOrgSourcedId");
  return at === undefined ? null : user?.cells?.[at]?.trim() || null;
}

/** The person whom the roles name, where there is no row of users.csv. */
function nameOfRoles({ roles }: PeopleFiles, person: JoinedPerson): string | null {
  const cell = person.roles[0]?.cells?.[roles?.header.at.get("userSourcedId") ?? -1];
  return cell?.trim().normalize("NFC") || null;
}
