import { sql } from "drizzle-orm";
import { z } from "zod";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AuditFilter, type AuditRow, auditColumns, auditTables, filtered } from "./entry";

const PAGE_SIZE = 50;

export const ListAudit = AuditFilter.extend({
  /** The place in the chain before which the page begins: the last one of the page before. */
  before: z.number().int().positive().optional(),
});

/** What was done at this institution, the newest first, a page at a time. */
export async function listAudit(actor: TenantActor, input: z.input<typeof ListAudit>) {
  authorize(actor, "audit:read");
  const { before, ...filter } = ListAudit.parse(input);
  const rows = await asTenant(actor.institutionId, (tx) =>
    tx.execute<AuditRow>(sql`
      select ${auditColumns}
      ${auditTables}
      where c.institution_id = ${actor.institutionId}
        and (${before ?? null}::int is null or c.seq < ${before ?? null})
        ${filtered(filter, actor.institution.timeZone)}
      order by c.seq desc
      limit ${PAGE_SIZE + 1}`),
  );
  const page = rows.slice(0, PAGE_SIZE);
  return {
    entries: page.map(({ seq, at, actor: kind, name, email, verb, subject, about, detail, hash }) => ({
      seq,
      at: new Date(at),
      actor: kind,
      name: name ?? email,
      verb,
      subject,
      about,
      detail,
      hash,
    })),
    next: rows.length > PAGE_SIZE ? (page.at(-1)?.seq ?? null) : null,
  };
}
