import { COLUMNS, type Column, ENTITIES, type Entity } from "@/server/roster/entities";
import type { FileMode } from "@/server/roster/run";
import type { Line } from "./scene";

/** The engine's rules once more, in memory and one row at a time: what it says is what the engine must do. */
interface Record_ {
  readonly status: string;
  readonly cells: Readonly<Record<string, string | null>>;
}
type Side = Map<string, Record_>;

export interface ModelFile {
  readonly entity: Entity;
  readonly mode: FileMode;
  readonly lines: readonly Line[];
}

export interface ModelChange {
  readonly entity: Entity;
  readonly key: string;
  readonly action: "add" | "edit" | "archive" | "reactivate";
  readonly before: Record_ | null;
  readonly after: Record_;
  off: boolean;
}

/** One feed's part of an environment. */
export interface ModelFeed {
  readonly current: Map<Entity, Side>;
  readonly refusals: Map<string, string>;
}

export const newFeed = (): ModelFeed => ({ current: new Map(ENTITIES.map((entity) => [entity, new Map()])), refusals: new Map() });

const nameOf = (change: Pick<ModelChange, "entity" | "key">): string => `${change.entity} ${change.key}`;
const digestOf = ({ action, before, after }: ModelChange): string => JSON.stringify([action, before, after]);

/** The keys of another entity that a record names, by column. */
function named(entity: Entity, record: Record_): { refers: Entity; key: string }[] {
  return (COLUMNS[entity] as readonly Column[]).flatMap(({ name, refers, type }) => {
    const cell = record.cells[name];
    if (refers === undefined || cell === null || cell === undefined) return [];
    return (type === "list" ? cell.split(",") : [cell]).map((key) => ({ refers, key }));
  });
}

export function prepareModel(feed: ModelFeed, files: readonly ModelFile[]): ModelChange[] {
  const changes: ModelChange[] = [];
  const incoming = new Map<Entity, Map<string, { line: Line; record: Record_; ok: boolean }>>();
  const sideOf = (entity: Entity): Side => feed.current.get(entity) ?? new Map();
  for (const { entity, mode, lines } of files) {
    const rows = new Map<string, { line: Line; record: Record_; ok: boolean }>();
    incoming.set(entity, rows);
    for (const line of lines) {
      if (line.key === null) continue;
      const cells = Object.fromEntries(COLUMNS[entity].map(({ name }) => [name, line.cells?.[name] ?? null]));
      const record = { status: line.status ?? "active", cells };
      const resolves = ({ refers, key }: { refers: Entity; key: string }) => {
        const row = incoming.get(refers)?.get(key);
        return (row?.ok === true && row.line.status !== "tobedeleted") || (sideOf(refers).get(key)?.status ?? "archived") !== "archived";
      };
      const ok = (line.valid ?? true) && (line.status === "tobedeleted" || named(entity, record).every(resolves));
      rows.set(line.key, { line, record, ok });
    }
    for (const [key, { line, record, ok }] of rows) {
      const before = sideOf(entity).get(key) ?? null;
      const isThere = before !== null && before.status !== "archived";
      if (!ok) continue;
      if (line.status === "tobedeleted") {
        if (isThere) changes.push({ entity, key, action: "archive", before, after: { ...before, status: "archived" }, off: false });
      } else if (before === null) changes.push({ entity, key, action: "add", before, after: record, off: false });
      else if (!isThere) changes.push({ entity, key, action: "reactivate", before, after: record, off: false });
      else if (JSON.stringify(before) !== JSON.stringify(record))
        changes.push({ entity, key, action: "edit", before, after: record, off: false });
    }
    if (mode !== "bulk" || lines.some((line) => line.key === null)) continue;
    for (const [key, before] of sideOf(entity)) {
      if (before.status !== "archived" && !rows.has(key)) {
        changes.push({ entity, key, action: "archive", before, after: { ...before, status: "archived" }, off: false });
      }
    }
  }
  leaveOutNamed(feed, changes, (entity) => [...(incoming.get(entity)?.values() ?? [])].filter((row) => !row.ok).map((row) => row.record));
  for (const change of changes) if (feed.refusals.get(nameOf(change)) === digestOf(change)) change.off = true;
  follow(changes);
  return changes;
}

/** What rows that stay still name is not archived; rejected rows count. */
function leaveOutNamed(feed: ModelFeed, changes: ModelChange[], rejected: (entity: Entity) => readonly Record_[]): void {
  let grew = true;
  while (grew) {
    grew = false;
    const keys = new Set<string>();
    for (const entity of ENTITIES) {
      const changed = new Map(changes.filter((change) => change.entity === entity).map((change) => [change.key, change]));
      const staying = [...rejected(entity)];
      for (const [key, record] of feed.current.get(entity) ?? [])
        if (record.status !== "archived" && !changed.has(key)) staying.push(record);
      for (const change of changed.values()) if (change.action !== "archive" || change.off) staying.push(change.after);
      for (const record of staying) for (const { refers, key } of named(entity, record)) keys.add(`${refers} ${key}`);
    }
    for (const change of changes) {
      if (change.action === "archive" && !change.off && keys.has(nameOf(change))) grew = change.off = true;
    }
  }
}

/** What cannot stand without a change that is off goes off; what a record that stays names is not archived. */
export function follow(changes: ModelChange[]): void {
  for (let grew = true; grew; ) {
    grew = false;
    const missing = new Set(
      changes.filter((change) => change.off && (change.action === "add" || change.action === "reactivate")).map(nameOf),
    );
    const kept = new Set(
      changes
        .filter((change) => change.off && (change.action === "archive" || change.action === "edit"))
        .flatMap((change) => (change.before === null ? [] : named(change.entity, change.before)))
        .map(({ refers, key }) => `${refers} ${key}`),
    );
    for (const change of changes) {
      if (change.off) continue;
      const isLost =
        change.action !== "archive" && named(change.entity, change.after).some(({ refers, key }) => missing.has(`${refers} ${key}`));
      if (isLost || (change.action === "archive" && kept.has(nameOf(change)))) grew = change.off = true;
    }
  }
}

/** Remembers what people left out of a plan. */
export function refuse(feed: ModelFeed, refused: readonly ModelChange[]): void {
  for (const change of refused) feed.refusals.set(nameOf(change), digestOf(change));
}

export function commitModel(feed: ModelFeed, changes: readonly ModelChange[]): void {
  for (const change of changes) {
    if (change.off) continue;
    feed.current.get(change.entity)?.set(change.key, change.after);
    feed.refusals.delete(nameOf(change));
  }
}
