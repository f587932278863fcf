import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { migrate } from "@/db/migrate";

/** A database of one measurement: migrated, with what a run needs to exist. */
export interface Place {
  readonly url: string;
  readonly institutionId: number;
  readonly environmentId: number;
  run(kind: "full" | "quick"): Promise<string>;
  /** Writes all dirty pages, so that what follows pays for its own (the worst case, PERFORMANCE.md trap 14). */
  checkpoint(): Promise<void>;
  /** Bytes of the environment's tables with their indexes. */
  diskBytes(): Promise<number>;
  changes(runId: string): Promise<number>;
  release(runId: string): Promise<void>;
  drop(): Promise<void>;
}

export async function createPlace(clusterUrl: string, secret: string): Promise<Place> {
  const name = `bench_${randomBytes(4).toString("hex")}`;
  const cluster = postgres(clusterUrl, { max: 1, onnotice: () => {} });
  await cluster.unsafe(`create database ${name}`);
  const url = new URL(clusterUrl);
  url.pathname = name;
  await migrate({ url: url.toString(), secret });
  const database = postgres(url.toString(), { max: 1, onnotice: () => {} });
  const one = async (text: string): Promise<number> => {
    const [row] = await database.unsafe<{ id: number }[]>(text);
    return row?.id ?? 0;
  };
  const institutionId = await one(
    "insert into institutions (slug, name, time_zone) values ('bench', 'Bench', 'America/Chicago') returning id",
  );
  const environmentId = await one(
    `insert into environments (institution_id, name, bucket) values (${institutionId}, 'preview', 2) returning id`,
  );
  await database`insert into environment_leases (environment_id, institution_id) values (${environmentId}, ${institutionId})`;
  const feedId = await one(
    `insert into feeds (institution_id, name, source) values (${institutionId}, 'sis', 'oneroster-csv') returning id`,
  );
  await database`insert into feed_settings (institution_id, feed_id, version) values (${institutionId}, ${feedId}, 1)`;
  let number = 0;
  return {
    url: url.toString(),
    institutionId,
    environmentId,
    async run(kind) {
      number += 1;
      const [delivery] = await database<{ id: string }[]>`
        insert into deliveries (institution_id, feed_id, state, door) values (${institutionId}, ${feedId}, 'ready', 'command') returning id`;
      const [run] = await database<{ id: string }[]>`
        insert into runs (institution_id, number, environment_id, feed_id, delivery_id, kind, trigger, settings_version, state)
        values (${institutionId}, ${number}, ${environmentId}, ${feedId}, ${delivery?.id ?? ""}, ${kind}, 'command', 1, 'queued') returning id`;
      return run?.id ?? "";
    },
    async checkpoint() {
      await database`checkpoint`;
    },
    async diskBytes() {
      const [row] = await database<{ n: string }[]>`
        select coalesce(sum(pg_total_relation_size(c.oid)), 0)::text as n from pg_class c
        where c.relnamespace = 'partitions'::regnamespace and c.relkind = 'r'`;
      return Number(row?.n ?? 0);
    },
    async changes(runId) {
      const [row] = await database<{ n: number }[]>`
        select coalesce(sum((value ->> 'add')::int + (value ->> 'edit')::int + (value ->> 'archive')::int + (value ->> 'reactivate')::int), 0)::int as n
        from runs r, jsonb_each(r.counts) where r.id = ${runId} and jsonb_typeof(value) = 'object' and value ? 'add' and key <> 'people'`;
      return row?.n ?? 0;
    },
    async release(runId) {
      await database`update runs set override = '{}' where id = ${runId}`;
    },
    async drop() {
      await database.end();
      await cluster.unsafe(`drop database ${name} with (force)`);
      await cluster.end();
    },
  };
}
