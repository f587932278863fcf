import { and, eq, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { feedFields } from "@/db/schema";
import { type AuditActor, audit } from "@/server/audit";
import { AppError } from "@/server/errors";
import { digestOf, sealText } from "@/server/secrets";
import type { Field } from "@/server/sources/source";

/** What a secret of a feed is sealed for: this institution's, this feed's, this field's, and no other. */
export const purposeOf = (of: { institutionId: number; feedId: number; field: string }): string =>
  `feed field:${of.institutionId}:${of.feedId}:${of.field}`;

/**
 * Keeps what was typed into the fields of a feed; those that were not named stay as they are. An empty text unsets a field that is
 * not required, and leaves a secret that is kept. Throws INVALID, naming the field; nothing is kept then.
 */
export async function writeFields(
  tx: Transaction,
  actor: AuditActor,
  typed: { feedId: number; fields: readonly Field[]; values: Readonly<Record<string, string>> },
): Promise<void> {
  const { institutionId, accountId } = actor;
  const { feedId, fields } = typed;
  for (const [key, text] of Object.entries(typed.values)) {
    const field = fields.find((one) => one.key === key);
    if (field === undefined) throw new AppError("INVALID", "There is no such field here", { data: { field: key } });
    const value = text.trim();
    const of = { institutionId, feedId, field: key };
    if (value === "") {
      if (field.kind === "secret") continue;
      if (field.required) throw new AppError("INVALID", `${field.label} is needed`, { data: { field: key } });
      await tx
        .delete(feedFields)
        .where(and(eq(feedFields.institutionId, institutionId), eq(feedFields.feedId, feedId), eq(feedFields.field, key)));
      continue;
    }
    if (field.kind === "url") refuseOddAddress(field, value);
    const kept = field.kind === "secret" ? secretRow(of, value) : { value, sealed: null };
    const said = { ...kept, updatedAt: sql`now()`, updatedBy: accountId };
    // The secret that worked stays, sealed, until the new one has worked too.
    const before = sql`case when ${feedFields.workedAt} is null then coalesce(${feedFields.previousSealed}, ${feedFields.sealed}) else ${feedFields.sealed} end`;
    await tx
      .insert(feedFields)
      .values({ ...of, ...said })
      .onConflictDoUpdate({
        target: [feedFields.institutionId, feedFields.feedId, feedFields.field],
        set: field.kind === "secret" ? { ...said, previousSealed: before, workedAt: null } : said,
      });
  }
  await audit(tx, actor, { verb: "feed.setFields", subject: `feed ${feedId}`, detail: { fields: Object.keys(typed.values) } });
}

const FINGERPRINT_SIGNS = 4;

/** A secret as it is kept: sealed, with the end of a fingerprint that says nothing of it but whether two are the same. */
function secretRow(of: { institutionId: number; feedId: number; field: string }, plain: string) {
  return { value: null, sealed: sealText(purposeOf(of), plain), fingerprint: digestOf(purposeOf(of), plain).slice(-FINGERPRINT_SIGNS) };
}

/** Where it leads to is judged again whenever it is used (T9); here only what could never be right. */
function refuseOddAddress(field: Field, value: string): void {
  const url = URL.parse(value);
  if (url?.protocol === "https:" && url.username === "" && url.password === "") return;
  throw new AppError("INVALID", `${field.label} must be an address that begins with https://`, { data: { field: field.key } });
}
