import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { currentOf } from "@/db/roster";
import { institutions, mails, welcomeBatches } from "@/db/schema";
import { env, isProduction } from "@/server/env";
import { renderWelcome } from "@/server/notify/render";
import { linesFor, subjectFor } from "@/server/roster/welcome";
import { limitsOfInstitution } from "@/server/services/limits/effective";
import { lockBatch } from "./count-due";
import { type BatchRow, hasAddress } from "./people";
import { type WelcomeSettings, welcomeSettingsOf } from "./settings";

const Due = z.object({
  sourcedId: z.string(),
  isThere: z.boolean(),
  hasAddress: z.boolean(),
  email: z.string().nullable(),
  given: z.string().nullable(),
  family: z.string().nullable(),
  username: z.string().nullable(),
});
type Due = z.infer<typeof Due>;

/**
 * Hands the next wave of a batch to the outbox, all or none: as many as the institution's own size and the vendor's limit of an hour
 * allow. Names and addresses are those of this moment; who is archived by now, or lost their address, is left out. Does nothing
 * before the wave's time, to a batch that is paused or ended, and where there is no mail server.
 */
export async function sendWave(tx: Transaction, of: { institutionId: number; batchId: string }): Promise<{ handed: number; left: number }> {
  const nothing = { handed: 0, left: 0 };
  const batch = await lockBatch(tx, of);
  if (batch?.state !== "sending" || batch.nextWaveAt === null || batch.nextWaveAt > new Date()) return nothing;
  const link = linkOfMails();
  if (link === null) return nothing;
  const [institution] = await tx
    .select({ name: institutions.name, disabledAt: institutions.disabledAt })
    .from(institutions)
    .where(eq(institutions.id, of.institutionId));
  // One that is shut, since it is being deleted, writes to nobody any more.
  if (institution === undefined || institution.disabledAt !== null) return nothing;
  const settings = await welcomeSettingsOf(tx, of.institutionId);
  const people = await nextPeople(tx, batch, Math.min(settings.waveSize, await allowance(tx, of.institutionId)));
  const able = people.filter((person) => person.isThere && person.hasAddress);
  const handed = await hand(tx, able, { institutionId: of.institutionId, institution: institution.name, link, settings });
  await note(tx, of, handed);
  await leave(tx, of, people);
  const [left] = await read(
    tx,
    z.object({ isAny: z.boolean() }),
    sql`select exists (select from welcome_mails where institution_id = ${of.institutionId} and batch_id = ${of.batchId} and state = 'waiting') as "isAny"`,
  );
  await tx
    .update(welcomeBatches)
    .set(
      left?.isAny === true
        ? { nextWaveAt: sql`now() + make_interval(mins => ${settings.waveMinutes})` }
        : { state: "done", nextWaveAt: null, endedAt: sql`now()` },
    )
    .where(and(eq(welcomeBatches.institutionId, of.institutionId), eq(welcomeBatches.id, of.batchId)));
  return { handed: handed.length, left: people.length - handed.length };
}

/** Where welcome mails lead; null while none may go: the vendor has not said where to, or there is no mail server. */
export const linkOfMails = (): string | null => (isProduction && env.SMTP_URL === undefined ? null : (env.PRODUCT_URL ?? null));

/** What the vendor's limit leaves of this hour. */
async function allowance(tx: Transaction, institutionId: number): Promise<number> {
  const { limits } = await limitsOfInstitution(tx, institutionId);
  const [used] = await read(
    tx,
    z.object({ n: SqlCount }),
    sql`select count(*) as n from welcome_mails where institution_id = ${institutionId} and handed_at > now() - interval '1 hour'`,
  );
  return Math.max(0, limits.mailsPerHour - (used?.n ?? 0));
}

/** The first that wait, as the roster has them now: found by their sourcedId, which no change of keys moves. */
async function nextPeople(tx: Transaction, batch: BatchRow, limit: number): Promise<Due[]> {
  return read(
    tx,
    Due,
    sql`
      select w.sourced_id as "sourcedId", coalesce(v.status = 'active', false) as "isThere", coalesce(v.has_address, false) as "hasAddress",
        v.email, v.given, v.family, v.username
      from (
        select sourced_id, line from welcome_mails
        where institution_id = ${batch.institutionId} and batch_id = ${batch.id} and state = 'waiting'
        order by line limit ${limit} for update) w
      left join lateral (
        select v.status, v.email, coalesce(v.preferred_given_name, v.given_name) as given, coalesce(v.preferred_family_name, v.family_name) as family,
          v.username, ${hasAddress} as has_address
        from ${currentOf("users")} v
        where v.institution_id = ${batch.institutionId} and v.environment_id = ${batch.environmentId} and v.bucket = ${batch.bucket}
          and (v.source_key = w.sourced_id and v.sourced_id is null or v.sourced_id = w.sourced_id)
        limit 1) v on true
      order by w.line`,
  );
}

interface Writing {
  readonly institutionId: number;
  readonly institution: string;
  readonly link: string;
  readonly settings: WelcomeSettings;
}

async function hand(tx: Transaction, people: readonly Due[], writing: Writing): Promise<{ sourcedId: string; mailId: string }[]> {
  if (people.length === 0) return [];
  const written: (typeof mails.$inferInsert)[] = [];
  for (const person of people) written.push(await mailTo(person, writing));
  const rows = await tx.insert(mails).values(written).returning({ id: mails.id });
  // Rows come back in the order in which they were given.
  return rows.map(({ id }, at) => ({ sourcedId: people[at]?.sourcedId ?? "", mailId: id }));
}

async function mailTo(person: Due, { institutionId, institution, link, settings }: Writing): Promise<typeof mails.$inferInsert> {
  const words = {
    "given name": person.given,
    name: [person.given, person.family].filter((name) => name !== null).join(" "),
    "user name": person.username,
    institution,
    link,
  };
  const mail = await renderWelcome({ subject: subjectFor(settings.subject, words), lines: linesFor(settings.body, words), link });
  return { kind: "welcome", ofInstitution: institutionId, recipient: person.email ?? "", ...mail };
}

async function note(
  tx: Transaction,
  of: { institutionId: number },
  handed: readonly { sourcedId: string; mailId: string }[],
): Promise<void> {
  if (handed.length === 0) return;
  await tx.execute(sql`
    update welcome_mails w set state = 'handed', handed_at = now(), mail_id = one.mail
    from jsonb_to_recordset(${JSON.stringify(handed.map(({ sourcedId, mailId }) => ({ who: sourcedId, mail: mailId })))}::jsonb) one(who text, mail uuid)
    where w.institution_id = ${of.institutionId} and w.sourced_id = one.who`);
}

/** Who cannot be written to any more, and why. */
async function leave(tx: Transaction, of: { institutionId: number }, people: readonly Due[]): Promise<void> {
  const left = people.flatMap((person) =>
    person.isThere && person.hasAddress ? [] : [{ who: person.sourcedId, reason: person.isThere ? "noAddress" : "gone" }],
  );
  if (left.length === 0) return;
  await tx.execute(sql`
    update welcome_mails w set state = 'left', reason = one.reason
    from jsonb_to_recordset(${JSON.stringify(left)}::jsonb) one(who text, reason text)
    where w.institution_id = ${of.institutionId} and w.sourced_id = one.who`);
}
