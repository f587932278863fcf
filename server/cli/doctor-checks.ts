import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { migrationState } from "@/db/migrate";
import { asTenant, asVendor, database, databaseUrl } from "@/server/database";
import { env, isEmbedded, isProduction } from "@/server/env";
import { mailState } from "@/server/notify/mail-state";
import { freeBytes, newObjectKey, openSealed, removeObject, writeSealed } from "@/server/objects";
import { dataPlace, deploymentSecret } from "@/server/secrets";

/** What one check found, in one line. A warning is worth knowing and stops nothing. */
export interface Finding {
  readonly state: "ok" | "warning" | "failed";
  readonly detail: string;
}

const ok = (detail: string): Finding => ({ state: "ok", detail });
const warning = (detail: string): Finding => ({ state: "warning", detail });
const failed = (detail: string): Finding => ({ state: "failed", detail });

export async function checkDatabase(): Promise<Finding> {
  const [found] = await asVendor((tx) => tx.execute<{ version: string }>(sql`select current_setting('server_version') as version`));
  const { host, pathname } = new URL(await databaseUrl());
  const kind = env.DATABASE_URL === undefined ? `embedded in ${dataPlace()}` : `at ${host}${pathname}`;
  return ok(`Postgres ${found?.version ?? "?"}, ${kind}`);
}

export async function checkMigrations(): Promise<Finding> {
  const { applied, total } = await migrationState({ url: await databaseUrl(), secret: deploymentSecret() });
  if (applied > total) return failed(`${applied} applied, this build knows ${total}: a newer build was here`);
  return applied === total ? ok(`all ${total} applied`) : failed(`${applied} of ${total} applied: start the system once`);
}

/** Writes, reads and removes an object of no institution, and looks for every file that a delivery names. */
export async function checkObjectStore(): Promise<Finding> {
  const place = { institutionId: 0, key: newObjectKey(0) };
  const words = Buffer.from(randomUUID());
  await writeSealed(place, chunksOf(words));
  const read: Buffer[] = [];
  for await (const chunk of (await openSealed(place)).read()) read.push(chunk);
  await removeObject(place);
  if (!Buffer.concat(read).equals(words)) return failed("what is read is not what was written");
  const missing = await missingObjects();
  if (missing > 0) return failed(`${missing} files of deliveries are missing in ${dataPlace()}/objects`);
  const free = `${Math.floor((await freeBytes()) / 1024 ** 3)} GB free`;
  return ok(`sealed files are written and read, ${free}`);
}

async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function missingObjects(): Promise<number> {
  let missing = 0;
  for (const institutionId of await institutionIds()) {
    const keys = await asTenant(institutionId, (tx) =>
      tx.execute<{ key: string }>(
        sql`select object_key as key from delivery_files where institution_id = ${institutionId} and finished_at is not null`,
      ),
    );
    for (const { key } of keys) {
      await openSealed({ institutionId, key }).catch(() => {
        missing += 1;
      });
    }
  }
  return missing;
}

export const institutionIds = async (): Promise<number[]> =>
  asVendor(async (tx) => [...(await tx.execute<{ id: number }>(sql`select id from institutions order by id`))].map(({ id }) => id));

export async function checkMail(): Promise<Finding> {
  const { isConfigured, waiting, oldestAt, lastError } = await mailState();
  const queue = waiting === 0 ? "none waits" : `${waiting} wait, the oldest since ${oldestAt?.toISOString() ?? "?"}`;
  if (isConfigured) return lastError === null ? ok(`by SMTP; ${queue}`) : warning(`by SMTP; ${queue}; the last error was ${lastError}`);
  return isProduction ? warning(`SMTP_URL is not set, so mails wait in the outbox; ${queue}`) : ok(`mails are read at /dev/mail; ${queue}`);
}

/** Calls that are due for so long were overlooked by every worker. */
const OVERDUE_SECONDS = 120;

export async function checkExecutor(): Promise<Finding> {
  if (!isEmbedded) return checkRegistrations();
  const [found] = await (await database("engine")).untenanted((tx) =>
    tx.execute<{ workers: number; functions: number; overdue: number }>(sql`
      select
        (select count(distinct application_name)::int from pg_stat_activity
          where application_name like 'rollcall durable %' and datname = current_database()) as workers,
        (select count(*)::int from durable.functions) as functions,
        (select count(*)::int from durable.queue
          where run_at < (select durable.now_()) - make_interval(secs => ${OVERDUE_SECONDS})
            and (lease_until is null or lease_until < (select durable.now_()))) as overdue`),
  );
  const { workers, functions, overdue } = found ?? { workers: 0, functions: 0, overdue: 0 };
  if (workers === 0) return failed(`no worker is running; ${overdue} calls are overdue`);
  if (overdue > 0) return failed(`${workers} running, ${overdue} calls are overdue`);
  return ok(`${workers} running, ${functions} functions, nothing overdue`);
}

/** A worker tries again at least every minute; what it noted longer ago is of one that is gone. */
async function checkRegistrations(): Promise<Finding> {
  const found = await (await database("engine")).untenanted((tx) =>
    tx.execute<{ url: string; status: number; since: string }>(sql`
      select url, status, to_char(since at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since from durable.registrations
      where status = 200 or tried_at > (select durable.now_()) - interval '5 minutes' order by status = 200, url`),
  );
  const [first] = [...found];
  if (first === undefined) return failed("a real Inngest server is named, and no worker offers it the functions");
  if (first.status === 200) return ok(`a real Inngest server runs the functions, at ${[...found].map(({ url }) => url).join(", ")}`);
  return failed(`the real Inngest server has not taken the functions of ${first.url} since ${first.since} (status ${first.status})`);
}
