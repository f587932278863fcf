import { randomUUID } from "node:crypto";
import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount, SqlTime } from "@/db/read";
import { audit } from "@/server/audit";
import { asEngine } from "@/server/database";
import { failpoint } from "@/server/failpoint";
import { countObjectsOf, removeObjectsOf } from "@/server/objects";
import { CertificateBody, certificateLinkDigest, certificateToken, signCertificate } from "@/server/services/data/certificate";

/** Rows that one transaction erases, and how many such transactions one step does at most. */
const ROWS_AT_ONCE = 5_000;
const ROUNDS_OF_A_STEP = 40;
const OBJECTS_AT_ONCE = 500;

const Request = z.object({
  id: z.string(),
  state: z.string(),
  requested_by: z.number(),
  requested_at: SqlTime,
  decided_by: z.number(),
  decided_at: SqlTime,
  due_at: SqlTime,
  certificate_id: z.string().nullable(),
  slug: z.string(),
  name: z.string(),
});

/**
 * Begins what was approved and has waited: the institution is shut, whoever writes for it loses its hold. False where no deletion is
 * due, or it has ended. Safe to call again.
 */
export async function beginPurge(institutionId: number): Promise<boolean> {
  return asEngine(institutionId, async (tx) => {
    const request = await requestOf(tx, institutionId, sql`for update of r`);
    if (request === null) return false;
    if (request.state === "purging") return true;
    if (request.due_at > new Date()) return false;
    await tx.execute(sql`update deletion_requests set state = 'purging' where institution_id = ${institutionId} and id = ${request.id}`);
    await tx.execute(sql`update institutions set disabled_at = coalesce(disabled_at, now()) where id = ${institutionId}`);
    await tx.execute(sql`update environment_leases set fence = fence + 1 where institution_id = ${institutionId}`);
    await tx.execute(sql`
      select durable.ask('cancel', j.id, 'The institution is deleted', 'system')
      from durable.jobs j
      where j.institution = ${String(institutionId)} and j.status in ('queued', 'running') and j.fn_id not like '%purge-institution'`);
    await audit(
      tx,
      { kind: "system", accountId: null, institutionId },
      { verb: "deletion.begin", subject: `institution ${institutionId}` },
    );
    return true;
  });
}

/** Counts everything, once, into the certificate; and says which accounts belong nowhere else. `rosters`: their digests. */
export async function draftCertificate(institutionId: number, rosters: Readonly<Record<string, string>>): Promise<{ people: number[] }> {
  const files = await countObjectsOf(institutionId);
  return asEngine(institutionId, async (tx) => {
    const request = await requestOf(tx, institutionId, sql`for update of r`);
    if (request === null) throw new Error("No deletion is under way");
    const people = (await read(tx, Person, sql`select account_id from people_of_only(${institutionId})`)).map((one) => one.account_id);
    if (request.certificate_id !== null) return { people };
    const [head] = await read(tx, Head, sql`select seq, hash from audit_heads where institution_id = ${institutionId}`);
    const rows = await read(tx, Counted, sql`select name, count from count_rows(${institutionId}) where count > 0`);
    const id = randomUUID();
    const body: CertificateBody = {
      kind: "Rollcall certificate of deletion",
      id,
      institution: { number: institutionId, slug: request.slug, name: request.name },
      askedAt: request.requested_at.toISOString(),
      askedBy: `an owner, account ${request.requested_by}`,
      approvedAt: request.decided_at.toISOString(),
      approvedBy: `an admin of the vendor's staff, account ${request.decided_by}`,
      dueAt: request.due_at.toISOString(),
      begunAt: new Date().toISOString(),
      finishedAt: null,
      rows: Object.fromEntries(rows.map(({ name, count }) => [name, count])),
      files,
      accounts: people.length,
      audit: { entries: head?.seq ?? 0, hash: head?.hash ?? "" },
      rosters: { ...rosters },
    };
    await tx.execute(sql`
      insert into deletion_certificates (id, institution, audit_seq, audit_hash, body, link_digest)
      values (${id}, ${institutionId}, ${body.audit.entries}, ${body.audit.hash}, ${JSON.stringify(body)}, ${certificateLinkDigest(certificateToken(id))})`);
    await tx.execute(
      sql`update deletion_requests set certificate_id = ${id} where institution_id = ${institutionId} and id = ${request.id}`,
    );
    return { people };
  });
}

/**
 * Erases some thousands of rows, those first on which nothing depends, the audit last. True while there may be more. Rows that a step
 * of something else still wrote meanwhile are found by the next call.
 */
export async function eraseSome(institutionId: number, rounds = ROUNDS_OF_A_STEP): Promise<{ more: boolean; rows: number }> {
  await anchor(institutionId);
  const environments = await asEngine(institutionId, (tx) =>
    read(tx, Id, sql`select id from environments where institution_id = ${institutionId}`),
  );
  for (const { id } of environments) await asEngine(institutionId, (tx) => tx.execute(sql`select partitions.drop_own(${id})`));
  await dropStages(institutionId);
  const tables = await asEngine(institutionId, (tx) => read(tx, Table, sql`select name, is_last from tenant_tables()`));
  const order = [...tables.filter(({ is_last }) => !is_last).map(({ name }) => name), "audit", "audit_chain", "audit_anchors"];
  let rows = 0;
  let left = rounds;
  for (const table of [...order, "mails"]) {
    for (let erased = ROWS_AT_ONCE; erased >= ROWS_AT_ONCE; ) {
      if (left === 0) return { more: true, rows };
      erased = await asEngine(institutionId, (tx) => (table === "mails" ? eraseMails(tx, institutionId) : erase(tx, institutionId, table)));
      rows += erased;
      // A table that is empty already costs no turn, else a step would never come to the last ones.
      if (erased > 0) left -= 1;
      await failpoint("purge.erased");
    }
  }
  return { more: rows > 0, rows };
}

/** What a load that died has staged stands in tables of its own, which carry the number of its run. Those go before the runs do. */
async function dropStages(institutionId: number): Promise<void> {
  await asEngine(institutionId, async (tx) => {
    await tx.execute(sql`set local lock_timeout = '5s'`);
    const found = await read(
      tx,
      Named,
      sql`
        select c.oid::regclass::text as name from pg_class c
        where c.relnamespace = 'staging'::regnamespace and c.relkind = 'r'
          and substr(c.relname, 2, 32) in (select replace(id::text, '-', '') from runs where institution_id = ${institutionId})`,
    );
    for (const { name } of found) await tx.execute(sql`drop table ${sql.raw(name)}`);
  });
}

/** Removes some of the sealed files. */
export const eraseObjects = async (institutionId: number): Promise<{ more: boolean }> => ({
  more: (await removeObjectsOf(institutionId, OBJECTS_AT_ONCE)) === OBJECTS_AT_ONCE,
});

/** Who asked, for the mail with the link; null where their account has no address. */
export interface Ended {
  readonly certificate: string;
  readonly institution: string;
  readonly email: string | null;
}

/**
 * The end, in one transaction: what is left of the institution and its people goes, the certificate is signed, and `inTransaction`
 * writes to who asked. Null where rows are left that something wrote since: erase again. Throws when nothing is under way.
 */
export async function finishPurge(
  institutionId: number,
  of: { people: readonly number[]; inTransaction: (tx: Transaction, ended: Ended) => Promise<void> },
): Promise<{ certificate: string } | null> {
  try {
    return await asEngine(institutionId, async (tx) => {
      const request = await requestOf(tx, institutionId, sql`for update of r`);
      if (request?.certificate_id == null) throw new Error("No deletion is under way");
      const [found] = await read(tx, Drafted, sql`select body from deletion_certificates where id = ${request.certificate_id} for update`);
      const [asked] = await read(tx, Address, sql`select email from accounts where id = ${request.requested_by}`);
      const [erased] = await read(
        tx,
        Accounts,
        sql`select erase_institution(${institutionId}, array[${sql.join(
          [...of.people, 0].map((id) => sql`${id}::int`),
          sql`, `,
        )}]) as accounts`,
      );
      const draft = CertificateBody.parse(JSON.parse(found?.body ?? ""));
      const body = JSON.stringify({ ...draft, accounts: erased?.accounts ?? 0, finishedAt: new Date().toISOString() });
      await tx.execute(sql`
        update deletion_certificates set body = ${body}, signature = ${signCertificate(body)}, finished_at = now() where id = ${request.certificate_id}`);
      await of.inTransaction(tx, { certificate: request.certificate_id, institution: request.name, email: asked?.email ?? null });
      await failpoint("purge.ending");
      return { certificate: request.certificate_id };
    });
  } catch (cause) {
    if (isForeignKey(cause)) return null;
    throw cause;
  }
}

/** Something still names what was to go. */
function isForeignKey(cause: unknown): boolean {
  for (let at = cause; at instanceof Error; at = at.cause) if ("code" in at && at.code === "23503") return true;
  return false;
}

/** What was written into the audit after the certificate was drafted belongs to its end too. */
async function anchor(institutionId: number): Promise<void> {
  await asEngine(institutionId, async (tx) => {
    const [head] = await read(tx, Head, sql`select seq, hash from audit_heads where institution_id = ${institutionId}`);
    const [found] = await read(
      tx,
      Drafted,
      sql`
        select c.body from deletion_certificates c join deletion_requests r on r.certificate_id = c.id
        where r.institution_id = ${institutionId} and c.finished_at is null for update of c`,
    );
    if (head === undefined || found === undefined) throw new Error("No deletion is under way");
    const body = { ...CertificateBody.parse(JSON.parse(found.body)), audit: { entries: head.seq, hash: head.hash } };
    await tx.execute(sql`
      update deletion_certificates set audit_seq = ${head.seq}, audit_hash = ${head.hash}, body = ${JSON.stringify(body)}
      where id = ${body.id} and (audit_seq, audit_hash) is distinct from (${head.seq}, ${head.hash})`);
  });
}

async function erase(tx: Transaction, institutionId: number, table: string): Promise<number> {
  const [count] = await read(tx, Erased, sql`select erase_rows(${table}, ${institutionId}, ${ROWS_AT_ONCE}) as erased`);
  return count?.erased ?? 0;
}

async function eraseMails(tx: Transaction, institutionId: number): Promise<number> {
  await tx.execute(sql`
    delete from durable.jobs where institution = ${String(institutionId)} and status in ('completed', 'failed', 'cancelled')`);
  const gone = await tx.execute(sql`
    delete from mails where ctid = any (array(select ctid from mails where of_institution = ${institutionId} limit ${ROWS_AT_ONCE})) returning 1`);
  return gone.length;
}

async function requestOf(tx: Transaction, institutionId: number, lock: SQL): Promise<z.infer<typeof Request> | null> {
  const [found] = await read(
    tx,
    Request,
    sql`
      select r.id, r.state, r.requested_by, r.requested_at, r.decided_by, r.decided_at, r.due_at, r.certificate_id, i.slug, i.name
      from deletion_requests r
      join institutions i on i.id = r.institution_id
      where r.institution_id = ${institutionId} and r.state in ('approved', 'purging')
      ${lock}`,
  );
  return found ?? null;
}

const Person = z.object({ account_id: z.number() });
const Head = z.object({ seq: z.number(), hash: z.string() });
const Counted = z.object({ name: z.string(), count: SqlCount });
const Id = z.object({ id: z.number() });
const Named = z.object({ name: z.string() });
const Table = z.object({ name: z.string(), is_last: z.boolean() });
const Drafted = z.object({ body: z.string() });
const Address = z.object({ email: z.string() });
const Accounts = z.object({ accounts: z.number() });
const Erased = z.object({ erased: z.number() });
