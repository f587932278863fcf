import { and, asc, eq, gt, isNotNull, isNull, sql } from "drizzle-orm";
import { feedFields, staffFactors } from "@/db/schema";
import { asTenant, asVendor, untenanted } from "@/server/database";
import { type ObjectPlace, objectKeys, objectSealedUnder, resealObject } from "@/server/objects";
import { openText, type SealedUnder, sealedUnder, sealText } from "@/server/secrets";
import { purposeOf } from "@/server/services/connections/write-fields";
import { sealedFor } from "@/server/services/second-factor/totp";

/** How many texts and files are sealed under which secret. */
export type SealCounts = Record<"texts" | "files", Record<SealedUnder, number>>;

const AT_ONCE = 200;

/**
 * Visits everything that is sealed: app secrets of staff, secrets of feeds, files of deliveries; a bounded stretch at a time, each in
 * a transaction of its own. With `reseal` what is under the secret before is sealed anew. Safe to end at any point and begin again.
 */
export async function visitSealed(how: { reseal: boolean; files: boolean }): Promise<SealCounts> {
  const counts: SealCounts = { texts: none(), files: none() };
  await visitFactors(how.reseal, counts.texts);
  const institutions = await asVendor((tx) => tx.execute<{ id: number }>(sql`select id from institutions order by id`));
  for (const { id } of institutions) await visitFields(id, { reseal: how.reseal, counts: counts.texts });
  if (how.files) for await (const place of objectKeys(0)) await visitFile(place, { reseal: how.reseal, counts: counts.files });
  return counts;
}

const none = (): Record<SealedUnder, number> => ({ current: 0, previous: 0, neither: 0 });

async function visitFactors(reseal: boolean, counts: Record<SealedUnder, number>): Promise<void> {
  for (let after = ""; ; ) {
    const rows = await untenanted(async (tx) => {
      const found = await tx
        .select({ id: staffFactors.id, accountId: staffFactors.accountId, secret: staffFactors.secret })
        .from(staffFactors)
        .where(and(isNotNull(staffFactors.secret), isNull(staffFactors.removedAt), after === "" ? undefined : gt(staffFactors.id, after)))
        .orderBy(asc(staffFactors.id))
        .limit(AT_ONCE)
        .for("update");
      for (const { id, accountId, secret } of found) {
        const anew = visited({ purpose: sealedFor(accountId), sealed: secret ?? "", reseal }, counts);
        if (anew !== null) await tx.update(staffFactors).set({ secret: anew }).where(eq(staffFactors.id, id));
      }
      return found;
    });
    after = rows.at(-1)?.id ?? "";
    if (rows.length < AT_ONCE) return;
  }
}

/** The secrets of one institution's feeds: as many as its feeds have fields. */
async function visitFields(institutionId: number, how: { reseal: boolean; counts: Record<SealedUnder, number> }): Promise<void> {
  await asTenant(institutionId, async (tx) => {
    const rows = await tx
      .select()
      .from(feedFields)
      .where(and(eq(feedFields.institutionId, institutionId), isNotNull(feedFields.sealed)))
      .for("update");
    for (const { feedId, field, sealed, previousSealed } of rows) {
      const of = { purpose: purposeOf({ institutionId, feedId, field }), reseal: how.reseal };
      const anew = visited({ ...of, sealed: sealed ?? "" }, how.counts);
      const before = previousSealed === null ? null : visited({ ...of, sealed: previousSealed }, how.counts);
      if (anew === null && before === null) continue;
      await tx
        .update(feedFields)
        .set({ ...(anew === null ? {} : { sealed: anew }), ...(before === null ? {} : { previousSealed: before }) })
        .where(and(eq(feedFields.institutionId, institutionId), eq(feedFields.feedId, feedId), eq(feedFields.field, field)));
    }
  });
}

/** Counts one sealed text; it anew where that is wanted and needed, else null. */
function visited(of: { purpose: string; sealed: string; reseal: boolean }, counts: Record<SealedUnder, number>): string | null {
  const under = sealedUnder(of.purpose, of.sealed);
  const isDue = under === "previous" && of.reseal;
  counts[isDue ? "current" : under] += 1;
  return isDue ? sealText(of.purpose, openText(of.purpose, of.sealed)) : null;
}

async function visitFile(place: ObjectPlace, how: { reseal: boolean; counts: Record<SealedUnder, number> }): Promise<void> {
  const under = await objectSealedUnder(place);
  const isDue = under === "previous" && how.reseal;
  if (isDue) await resealObject(place);
  how.counts[isDue ? "current" : under] += 1;
}
