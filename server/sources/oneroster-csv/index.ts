import { DEFAULT_LIMITS } from "@/server/roster/guard";
import { type Issue, seenValue } from "@/server/roster/issue";
import { checkFiles } from "../lib/check-files";
import { openCsv } from "../lib/csv-file";
import { LIMITS } from "../lib/limits";
import { DeliveryRefused, fileIssue } from "../lib/refused";
import { duplicateFile } from "../lib/zip-names";
import type { DeliveryFile, DeliveryFiles, EntityReader, Reading, ReadingFile, ReadingSettings, Source } from "../source";
import { SYSTEM_FIELD } from "../source";
import {
  type ColumnRules,
  ENTITY_FILES,
  FILES_NOT_READ,
  type FileColumn,
  type FileEntity,
  fileColumns,
  PROFILES_FILE,
  profileColumns,
  ROLES_FILE,
  roleColumns,
} from "./columns";
import { example } from "./example";
import { type Header, readHeader } from "./header";
import { MANIFEST_FILE, type Manifest, readManifest, standardName } from "./manifest";
import { decideMode, watchStatus } from "./mode";
import { STRETCH_BYTES } from "./people-join";
import { fileReader, type OpenedFile } from "./reader";
import { RULES_VERSION } from "./rules-version";
import { SYSTEMS } from "./systems";
import { usersReaders } from "./users-1-2";

/** OneRoster CSV 1.1 and 1.2: a zip or loose files, with or without a manifest (specs/oneroster-csv.md; the contract is seed 004). */
export const onerosterCsv: Source = {
  key: "oneroster-csv",
  label: "OneRoster CSV",
  needs: "OneRoster 1.1 or 1.2 CSV files from your SIS, as one zip or as loose files.",
  tile: {
    suits: "Any system that exports OneRoster; good for a first look",
    minutes: 4,
    files: "one zip, or all the CSV files together",
    accepts: "OneRoster 1.1 or 1.2.",
  },
  rulesVersion: RULES_VERSION,
  fields: [
    {
      key: SYSTEM_FIELD,
      label: "Student information system",
      kind: "text",
      required: false,
      hint: "So that you see where its files are, and so that whoever helps you knows what you look at.",
    },
  ],
  systems: SYSTEMS,
  options: {
    fileMode: "ask",
    dateOrder: "MDY",
    encoding: "unicode",
    archivePercent: DEFAULT_LIMITS.archivePercent,
    editPercent: DEFAULT_LIMITS.editPercent,
    errorPercent: DEFAULT_LIMITS.errorPercent,
    rowsMin: DEFAULT_LIMITS.rowsMin,
    welcomeMails: false,
  },
  open: openDelivery,
  check: (delivery, settings) => checkFiles(delivery, (heads) => openDelivery(heads, settings)),
  example,
};

async function openDelivery(delivery: DeliveryFiles, settings: ReadingSettings): Promise<Reading> {
  const { named, issues } = nameFiles(delivery);
  const manifestFile = named.get(MANIFEST_FILE);
  const arrived = [...named.keys()].filter((name) => name !== MANIFEST_FILE);
  let manifest: Manifest | null = null;
  if (manifestFile !== undefined) {
    const read = await readManifest(manifestFile, arrived, delivery.spool);
    manifest = read.manifest;
    issues.push(...read.issues);
  }
  const version = manifest?.version ?? (named.has(ROLES_FILE) || named.has(PROFILES_FILE) ? "1.2" : "1.1");
  const rules: ColumnRules = { version, dateOrder: settings.dateOrder ?? "MDY" };
  const opened = new Map<string, OpenedFile>();
  const refusedFiles = new Set<string>();
  for (const { name, entity, columns } of readableFiles(rules)) {
    const file = named.get(name);
    if (file === undefined) continue;
    const result = await openFile(
      { file: { ...file, name, read: (from, to) => file.read(from, to) }, name, entity, columns },
      { manifest, settings, delivery },
    );
    issues.push(...result.issues);
    if (result.opened === null) refusedFiles.add(name);
    else opened.set(name, result.opened);
  }
  if (version === "1.2" && opened.get(ENTITY_FILES.users)?.mode === "bulk" && !named.has(ROLES_FILE)) {
    const detail = "users.csv of OneRoster 1.2 as a full list needs roles.csv, which did not come.";
    issues.push(fileIssue("MANIFEST", ENTITY_FILES.users, { detail, entity: "users" }));
  }
  const names = new Set([...arrived, ...(manifest?.modes.keys() ?? [])]);
  const files = [...names].map((name) => ({
    ...listFile(name, named.get(name), opened.get(name)),
    ...(isMerged(name, { version, opened }) ? { mergedInto: ENTITY_FILES.users } : {}),
  }));
  const others = delivery.files.filter((file) => standardName(file.name) === null);
  files.push(...others.map((file) => listFile(file.name, file, undefined)));
  if (issues.some((issue) => issue.severity === "refusal")) return { issues, files, readers: [] };
  return { issues, files, readers: await makeReaders(opened, { rules, delivery }) };
}

/** The files by standard name; what is not known, not read or doubled is told. */
function nameFiles(delivery: DeliveryFiles): { named: Map<string, DeliveryFile>; issues: Issue[] } {
  const named = new Map<string, DeliveryFile>();
  const issues: Issue[] = [];
  for (const file of delivery.files) {
    const name = standardName(file.name);
    if (name === null) {
      issues.push(
        fileIssue("FILE_UNKNOWN", file.name, {
          detail: "This file is not part of OneRoster; it was not read.",
          seen: seenValue(file.name),
        }),
      );
      continue;
    }
    if (named.has(name)) issues.push(duplicateFile(delivery.packageName ?? name, name));
    else if (FILES_NOT_READ.includes(name))
      issues.push(fileIssue("FILE_NOT_READ", file.name, { detail: "Only rostering data is read; this file was not opened." }));
    named.set(name, file);
  }
  const at = delivery.packageName ?? "delivery";
  const bytes = delivery.files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > LIMITS.deliveryBytesMax)
    issues.push(fileIssue("DELIVERY_TOO_LARGE", at, { detail: "The files hold more than 2 GB together." }));
  if ([...named.keys()].every((name) => FILES_NOT_READ.includes(name)))
    issues.push(fileIssue("PACKAGE_EMPTY", at, { detail: "None of the files is a rostering file of OneRoster, such as users.csv." }));
  return { named, issues };
}

interface ReadableName {
  readonly name: string;
  readonly entity: FileEntity;
  readonly columns: readonly FileColumn[];
}

function readableFiles(rules: ColumnRules): readonly ReadableName[] {
  const entities = Object.keys(ENTITY_FILES).filter((key): key is FileEntity => key in ENTITY_FILES);
  const files = entities.map((entity) => ({ name: ENTITY_FILES[entity], entity, columns: fileColumns(entity, rules) }));
  if (rules.version === "1.1") return files;
  return [
    ...files,
    { name: ROLES_FILE, entity: "users", columns: roleColumns(rules.dateOrder) },
    { name: PROFILES_FILE, entity: "users", columns: profileColumns },
  ];
}

async function openFile(
  { file, name, entity, columns }: ReadableName & { file: DeliveryFile },
  { manifest, settings, delivery }: { manifest: Manifest | null; settings: ReadingSettings; delivery: DeliveryFiles },
): Promise<{ opened: OpenedFile | null; issues: readonly Issue[] }> {
  const feed = settings.modes[name] ?? settings.modes["*"] ?? null;
  const word = manifest?.modes.get(name);
  const listed = word === "bulk" || word === "delta" ? word : null;
  const said = feed ?? listed;
  let found: { header: Header; issues: readonly Issue[]; status: ReturnType<typeof watchStatus> } | null = null;
  const latest = (): typeof found => found;
  try {
    const csv = await openCsv(file, {
      encoding: settings.encoding,
      spool: delivery.spool,
      watch: (cells, delimiter) => {
        const { header, issues } = readHeader(cells, columns, { file: name, entity });
        const status = watchStatus(header, delimiter.charCodeAt(0), said === "delta");
        found = { header, issues, status };
        return issues.some((issue) => issue.severity === "refusal") ? null : status.watch;
      },
    });
    const read = latest();
    if (read === null) throw new Error(`${name} was opened without a header`);
    const issues = [...csv.issues, ...read.issues].map((issue) => ({ ...issue, entity }));
    if (issues.some((issue) => issue.severity === "refusal")) return { opened: null, issues };
    const decided = decideMode({ file: name, entity, feed, manifest: listed, counts: read.status.counts });
    const opened = { name, entity, csv, header: read.header, columns, mode: decided.mode, saidDelta: said === "delta" };
    return { opened, issues: [...issues, ...decided.issues] };
  } catch (error) {
    if (!(error instanceof DeliveryRefused)) throw error;
    return { opened: null, issues: [...(latest()?.issues ?? []), { ...error.issue, entity }] };
  }
}

/** Roles and profiles of 1.2 are read with the people whom they are about. */
const isMerged = (name: string, of: { version: string; opened: ReadonlyMap<string, OpenedFile> }): boolean =>
  of.version === "1.2" && (name === ROLES_FILE || name === PROFILES_FILE) && of.opened.has(name) && of.opened.has(ENTITY_FILES.users);

function listFile(name: string, file: DeliveryFile | undefined, opened: OpenedFile | undefined): ReadingFile {
  return {
    name,
    entity: opened?.entity ?? null,
    mode: opened?.mode ?? "absent",
    bytes: file?.bytes ?? 0,
    encoding: opened?.csv.encoding ?? null,
    rows: opened?.csv.rows ?? 0,
  };
}

async function makeReaders(
  opened: ReadonlyMap<string, OpenedFile>,
  { rules, delivery }: { rules: ColumnRules; delivery: DeliveryFiles },
): Promise<EntityReader[]> {
  const options = [rules.version, rules.dateOrder];
  const readers: EntityReader[] = [];
  for (const [entity, name] of Object.entries(ENTITY_FILES)) {
    if (entity === "users" && rules.version === "1.2") {
      const people = { users: opened.get(name), roles: opened.get(ROLES_FILE), profiles: opened.get(PROFILES_FILE) };
      readers.push(...(await usersReaders(people, { spool: delivery.spool, options, stretchBytes: STRETCH_BYTES })));
      continue;
    }
    const file = opened.get(name);
    if (file !== undefined) readers.push(fileReader({ ...file, options }));
  }
  return readers;
}
