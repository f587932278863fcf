import { type SQL, sql } from "drizzle-orm";
import { tablesOf, versionsOf } from "@/db/roster";
import { COLUMNS, ENTITIES, type Entity } from "@/server/roster/entities";
import type { OpenSet } from "./context";

/** The columns of an entity, by name, in the order in which rows are loaded. */
export const columnsOf = (entity: Entity): readonly string[] => COLUMNS[entity].map((column) => column.name);

/** A fixed name as SQL. Only words of our own come here. */
export const name = (word: string): SQL => sql.raw(word);

/** `a.x, a.y, …` */
export const list = (alias: string, columns: readonly string[]): SQL => sql.raw(columns.map((column) => `${alias}.${column}`).join(", "));

/** Which feed's rows (or all feeds') of which environment, for a table under this alias. Environment and bucket are parameters, so partitions prune. */
export const ours = (open: OpenSet, alias: string): SQL => {
  const at = sql.raw(alias);
  const environment = sql`${at}.institution_id = ${open.institutionId} and ${at}.environment_id = ${open.environmentId} and ${at}.bucket = ${open.bucket}`;
  return open.allFeeds ? environment : sql`${environment} and ${at}.feed_id = ${open.feedId}`;
};

/**
 * The versions of the feed (or of all feeds), for reading. An environment with partitions of its own is read in them: they hold
 * nobody else's rows, they have statistics, and no row is asked whose it is (scans of the roster cost half).
 */
const versions = (open: OpenSet, entity: Entity, alias: string): { from: SQL; where: SQL } => {
  const at = sql.raw(alias);
  if (!open.isOwn) return { from: sql`${versionsOf(entity)} ${at}`, where: ours(open, alias) };
  return {
    from: sql.raw(`${ownPartition(open, entity, "versions")} ${alias}`),
    where: open.allFeeds ? sql`true` : sql`${at}.feed_id = ${open.feedId}`,
  };
};

/** The feed's current versions as they stand at the base of the open set. */
export function current(open: OpenSet, entity: Entity, alias: string): SQL {
  const { from, where } = versions(open, entity, "base");
  return sql`(select * from ${from} where ${where} and base.from_seq <= ${open.baseSeq} and base.to_seq is null) ${sql.raw(alias)}`;
}

/** The versions that the open set has landed. */
export function pending(open: OpenSet, entity: Entity, alias: string): SQL {
  // Where nothing was ever committed nothing else stands there.
  if (open.isOwn && open.baseSeq === 0) return sql.raw(`${ownPartition(open, entity, "versions")} ${alias}`);
  const { from, where } = versions(open, entity, "landed");
  return sql`(select * from ${from} where ${where} and landed.from_seq = ${open.seq}) ${sql.raw(alias)}`;
}

/** Where the rows of one run and entity lie until they are compared. */
export function stageName(runId: string, entity: Entity): string {
  if (!/^[0-9a-f-]{36}$/.test(runId)) throw new Error("A run's id is a UUID");
  return `staging.r${runId.replaceAll("-", "")}_${ENTITIES.indexOf(entity)}`;
}

export const stage = (open: OpenSet, entity: Entity): SQL => sql.raw(stageName(open.runId, entity));

/** Current versions whose line is gone from the file, as a quick load finds them. */
export const gone = (open: OpenSet, entity: Entity): SQL => sql.raw(`${stageName(open.runId, entity)}_gone`);

/** The feed's active versions by what decides under what they are counted, as a quick load counted them. */
export const beforeName = (runId: string, entity: Entity): string => `${stageName(runId, entity)}_before`;

/**
 * A staged row. `verdict` null: as it should be; else why it changes nothing: `rejected` (in error), `repeated` (the same row
 * again), `older` (a later delivery of the run says more), `stale` (older than what is stored), `outside` (of no chosen
 * school). `exact`: nothing of the line was dropped since, so its hash may become a fingerprint.
 * `whole`: whether its merged columns hold the whole list, because they stand upon a full one of an earlier delivery, or entries
 * still to be merged; null: as its file says. `partial`: the row says nothing but its merged columns until it is completed, and stands in this file.
 */
export function stageStatements(runId: string, entity: Entity): readonly string[] {
  const table = stageName(runId, entity);
  const cells = columnsOf(entity).map((column) => `${column} text collate "C"`);
  return [
    `create table if not exists ${table} (position integer not null, line integer not null, hash uuid, verdict text, exact boolean not null default true,
      twin_line integer, partial text, whole boolean, status text not null, modified_at timestamptz, source_key text collate "C" not null, ${cells.join(", ")}, extras text collate "C")`,
    `create table if not exists ${table}_gone (source_key text collate "C" not null)`,
  ];
}

export const ownPartition = (open: OpenSet, entity: Entity, of: "versions" | "fingerprints"): string =>
  `partitions.${tablesOf(entity)[of]}_${open.bucket}`;
