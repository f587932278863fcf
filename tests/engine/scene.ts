import { randomBytes } from "node:crypto";
import type postgres from "postgres";
import { COLUMNS, type Entity } from "@/server/roster/entities";
import type { FileMode, RunKind } from "@/server/roster/run";
import { blockOfSpans } from "@/server/sources/lib/line-block";
import type { EntityReader, LineBlock, Reading, Row } from "@/server/sources/source";
import { contextOf, type SyncContext, syncDatabase } from "@/server/sync/context";
import { rosterDigest } from "@/server/sync/digest";

/** One institution with a Preview environment and its feeds, as rows of the tables. */
export interface Scene {
  readonly institutionId: number;
  readonly environmentId: number;
  readonly accountId: number;
  readonly administrator: postgres.Sql;
  feed(): Promise<number>;
  run(of: { feedId: number; kind?: RunKind; schools?: readonly string[] }): Promise<SyncContext>;
  digest(): Promise<string>;
  environment(): Promise<{ head_seq: number; bucket: number; counts: Record<string, number> }>;
  /** Rows above the head, in all version and fingerprint tables. */
  above(): Promise<number>;
  /** The same institution's Production, made at the first call. */
  production(): Promise<Scene>;
}

export async function createScene(administrator: postgres.Sql): Promise<Scene> {
  const slug = `engine-${randomBytes(5).toString("hex")}`;
  const [institution] = await administrator<{ id: number }[]>`
    insert into institutions (slug, name, time_zone) values (${slug}, 'Lakeside Unified', 'America/Chicago') returning id`;
  const institutionId = institution?.id ?? 0;
  const environmentId = await createEnvironment(administrator, { institutionId, name: "preview" });
  const [account] = await administrator<
    { id: number }[]
  >`insert into accounts (email, name) values (${`${slug}@school.example`}, 'Dana') returning id`;
  return sceneIn({ administrator, institutionId, environmentId, accountId: account?.id ?? 0, numbers: { last: 0 } });
}

async function createEnvironment(administrator: postgres.Sql, of: { institutionId: number; name: string }): Promise<number> {
  const [environment] = await administrator<{ id: number }[]>`
    insert into environments (institution_id, name, bucket) values (${of.institutionId}, ${of.name}, 1) returning id`;
  const environmentId = environment?.id ?? 0;
  await administrator`update environments set bucket = ${1 + (environmentId % 8)} where id = ${environmentId}`;
  await administrator`insert into environment_leases (environment_id, institution_id) values (${environmentId}, ${of.institutionId})`;
  return environmentId;
}

function sceneIn(of: {
  administrator: postgres.Sql;
  institutionId: number;
  environmentId: number;
  accountId: number;
  numbers: { last: number };
}): Scene {
  const { administrator, institutionId, environmentId, numbers } = of;
  let production: Scene | null = null;
  const scene: Scene = {
    institutionId,
    environmentId,
    accountId: of.accountId,
    administrator,
    async production() {
      production ??= sceneIn({ ...of, environmentId: await createEnvironment(administrator, { institutionId, name: "production" }) });
      return production;
    },
    async feed() {
      const [feed] = await administrator<{ id: number }[]>`
        insert into feeds (institution_id, name, source) values (${institutionId}, ${randomBytes(4).toString("hex")}, 'oneroster-csv') returning id`;
      await administrator`insert into feed_settings (institution_id, feed_id, version) values (${institutionId}, ${feed?.id ?? 0}, 1)`;
      return feed?.id ?? 0;
    },
    async run({ feedId, kind = "full", schools }) {
      numbers.last += 1;
      const [delivery] = await administrator<{ id: string }[]>`
        insert into deliveries (institution_id, feed_id, state, door) values (${institutionId}, ${feedId}, 'ready', 'command') returning id`;
      const [run] = await administrator<{ id: string }[]>`
        insert into runs (institution_id, number, environment_id, feed_id, delivery_id, kind, trigger, settings_version, state, schools)
        values (${institutionId}, ${numbers.last}, ${environmentId}, ${feedId}, ${delivery?.id ?? ""}, ${kind}, 'command', 1, 'queued',
          ${schools === undefined ? null : [...schools]}) returning id`;
      return contextOf(institutionId, run?.id ?? "");
    },
    async digest() {
      const { bucket } = await scene.environment();
      const { engine } = await syncDatabase();
      return engine.asTenant(institutionId, (tx) => rosterDigest(tx, { environmentId, bucket }));
    },
    async environment() {
      const [row] = await administrator<{ head_seq: number; bucket: number; counts: Record<string, number> }[]>`
        select head_seq, bucket, counts from environments where id = ${environmentId}`;
      if (row === undefined) throw new Error("No environment");
      return row;
    },
    async above() {
      let rows = 0;
      for (const noun of ["org", "academic_session", "course", "class", "user", "enrollment", "relationship"]) {
        const [found] = await administrator<{ n: number }[]>`
          select ((select count(*) from ${administrator(`${noun}_versions`)} v join environments e on e.id = v.environment_id
                    where e.id = ${environmentId} and v.from_seq > e.head_seq)
                + (select count(*) from ${administrator(`${noun}_fingerprints`)} f join environments e on e.id = f.environment_id
                    where e.id = ${environmentId} and f.seq > e.head_seq))::int as n`;
        rows += found?.n ?? 0;
      }
      return rows;
    },
  };
  return scene;
}

/** A row as tests write it: its key, what it says, and how it is marked. */
export interface Line {
  readonly key: string | null;
  readonly cells?: Readonly<Record<string, string | null>>;
  readonly status?: Row["status"];
  readonly modifiedAt?: string;
  readonly valid?: boolean;
}

/** A file of one entity in memory. `columns`: those that the file has; all of the entity without it. */
export function memoryReader(
  entity: Entity,
  lines: readonly Line[],
  of: { mode?: FileMode; columns?: readonly string[]; merged?: readonly string[] } = {},
): EntityReader {
  const columns: readonly string[] = of.columns ?? COLUMNS[entity].map((column) => column.name);
  const row = (line: Line, index: number): Row => ({
    valid: line.valid ?? true,
    line: index + 2,
    hash: hashOf(line),
    sourceKey: line.key,
    status: line.status ?? "active",
    modifiedAt: line.modifiedAt ?? null,
    extras: null,
    cells: COLUMNS[entity].map((column) => (columns.includes(column.name) ? (line.cells?.[column.name] ?? null) : null)),
  });
  const chunk = (rows: readonly Row[]) => ({ rows, issues: [], blank: 0, bytesRead: lines.length });
  return {
    entity,
    file: `${entity}.csv`,
    mode: of.mode ?? "bulk",
    headings: {},
    bytes: lines.length,
    shape: JSON.stringify(columns),
    columns,
    ...(of.merged === undefined ? {} : { merged: of.merged }),
    async *rows() {
      yield chunk(lines.map(row));
    },
    async *lines(): AsyncGenerator<LineBlock> {
      yield blockOfSpans(lines.map((line, index) => ({ hash: hashOf(line), line: index + 2, offset: index, bytes: 1 })));
    },
    async *at(spans) {
      yield chunk(
        spans.map((span) => {
          const line = lines[span.offset];
          if (line === undefined) throw new Error("No such line");
          return row(line, span.offset);
        }),
      );
    },
  };
}

function hashOf({ modifiedAt: _, ...line }: Line): string {
  const text = JSON.stringify(line);
  let [a, b, c, d] = [1, 2, 3, 4];
  for (let index = 0; index < text.length; index += 1) {
    a = Math.imul(a ^ text.charCodeAt(index), 0x01000193);
    b = Math.imul(b + text.charCodeAt(index), 0x85ebca6b);
    c = Math.imul(c ^ (a >>> 13), 0xc2b2ae35);
    d = Math.imul(d + b + c, 0x27d4eb2f);
  }
  return [a, b, c, d].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/** A delivery as a source would have opened it. */
export const reading = (...readers: EntityReader[]): Reading => ({ issues: [], files: [], readers });
