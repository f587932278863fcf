import { asc, desc, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlTime } from "@/db/read";
import { accounts, institutionNotes, institutions, staff } from "@/db/schema";
import { asVendor } from "@/server/database";
import { AppError } from "@/server/errors";
import { limitsSet } from "@/server/services/limits/effective";
import { type InstitutionLine, lineOf } from "./list-institutions";
import { standings } from "./standing";

export const GetInstitution = z.object({ institution: z.string().min(1).max(63) });

const TRAIL_LENGTH = 50;

/** Everything that staff may know of one institution: how it stands, whom to call, what holds for it, and what happened. Throws NOT_FOUND. */
export async function getInstitutionForStaff(raw: z.input<typeof GetInstitution>) {
  const { institution: slug } = GetInstitution.parse(raw);
  return asVendor(async (tx) => {
    const [standing] = await standings(tx, slug);
    if (standing === undefined) throw new AppError("NOT_FOUND", "There is no such institution");
    const [own] = await tx.select({ helpContact: institutions.helpContact }).from(institutions).where(eq(institutions.id, standing.id));
    const line: InstitutionLine = lineOf(standing, new Date());
    return {
      ...line,
      helpContact: own?.helpContact ?? null,
      held: standing.held,
      failing: standing.failing,
      contacts: await contactsOf(tx, standing.id),
      limits: await limitsSet(tx, standing.id),
      notes: await notesOf(tx, standing.id),
      trail: await trailOf(tx, standing.id),
      staff: await everyoneOfStaff(tx),
    };
  });
}

const Contact = z.object({ name: z.string().nullable(), email: z.string(), role: z.enum(["owner", "admin"]), since: SqlTime });

/** Whom to call: the owners, then the admins. */
async function contactsOf(tx: Transaction, institutionId: number) {
  return read(
    tx,
    Contact,
    sql`select a.name, a.email, m.role, m.created_at as since from members m join accounts a on a.id = m.account_id
        where m.institution_id = ${institutionId} and m.removed_at is null and m.role in ('owner', 'admin')
        order by m.role desc, m.created_at`,
  );
}

async function notesOf(tx: Transaction, institutionId: number) {
  return tx
    .select({
      id: institutionNotes.id,
      at: institutionNotes.at,
      text: institutionNotes.text,
      by: sql<string>`coalesce(${accounts.name}, ${accounts.email})`,
    })
    .from(institutionNotes)
    .innerJoin(accounts, eq(accounts.id, institutionNotes.accountId))
    .where(eq(institutionNotes.institutionId, institutionId))
    .orderBy(desc(institutionNotes.id))
    .limit(TRAIL_LENGTH);
}

const Entry = z.object({
  id: z.string(),
  at: SqlTime,
  actor: z.enum(["member", "staff", "command", "handOff", "system"]),
  by: z.string().nullable(),
  verb: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()),
});

/** What was done last, newest first; ids and counts, never a person of a roster. */
async function trailOf(tx: Transaction, institutionId: number) {
  return read(
    tx,
    Entry,
    sql`select t.id::text, t.at, t.actor, coalesce(a.name, a.email) as by, t.verb, t.subject, t.detail
        from audit t left join accounts a on a.id = t.account_id
        where t.institution_id = ${institutionId} order by t.at desc, t.id desc limit ${TRAIL_LENGTH}`,
  );
}

async function everyoneOfStaff(tx: Transaction) {
  return tx
    .select({ id: staff.accountId, name: sql<string>`coalesce(${accounts.name}, ${accounts.email})` })
    .from(staff)
    .innerJoin(accounts, eq(accounts.id, staff.accountId))
    .where(isNull(staff.removedAt))
    .orderBy(asc(sql`coalesce(${accounts.name}, ${accounts.email})`));
}
