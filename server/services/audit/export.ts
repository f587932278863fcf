import { sql } from "drizzle-orm";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { csvLine } from "@/server/downloads/csv-line";
import { AuditFilter, type AuditRow, auditColumns, auditTables, filtered } from "./entry";

const ROWS_AT_ONCE = 1_000;
const HEAD = ["seq", "at", "actor", "name", "email", "verb", "subject", "detail", "previous", "hash", "content"] as const;

/**
 * The entries that a filter leaves as a file, the oldest first. Unfiltered it is the whole chain: a line's hash is SHA-256 over its
 * seq, the hash before it and its content, each followed by a line feed but the last.
 */
export async function exportAudit(actor: TenantActor, filter: AuditFilter) {
  authorize(actor, "audit:read");
  return { fileName: `audit-${actor.institution.slug}.csv`, lines: linesOf(actor, AuditFilter.parse(filter)) };
}

async function* linesOf(actor: TenantActor, filter: AuditFilter): AsyncGenerator<string> {
  yield csvLine(HEAD);
  for (let after = 0; ; ) {
    const rows = await asTenant(actor.institutionId, (tx) =>
      tx.execute<AuditRow>(sql`
        select ${auditColumns}
        ${auditTables}
        where c.institution_id = ${actor.institutionId}
          and c.seq > ${after}
          ${filtered(filter, actor.institution.timeZone)}
        order by c.seq
        limit ${ROWS_AT_ONCE}`),
    );
    if (rows.length === 0) return;
    yield rows.map(lineOf).join("");
    after = rows.at(-1)?.seq ?? after;
  }
}

const lineOf = (row: AuditRow): string =>
  csvLine([
    String(row.seq),
    new Date(row.at).toISOString(),
    row.actor,
    row.name,
    row.email,
    row.verb,
    row.subject,
    JSON.stringify(row.detail),
    row.previous,
    row.hash,
    row.content,
  ]);
