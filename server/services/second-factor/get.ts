import { and, asc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { staffFactors, staffSessions } from "@/db/schema";
import { untenanted } from "@/server/database";
import { passkeysArePossible } from "./passkey";
import type { StaffPerson } from "./person";

/** What this person of the vendor can confirm themselves with, and whether this browser did. */
export async function getSecondFactor(person: StaffPerson, headers: Headers) {
  return untenanted(async (tx) => {
    const factors = await tx
      .select({
        id: staffFactors.id,
        kind: staffFactors.kind,
        label: staffFactors.label,
        createdAt: staffFactors.createdAt,
        usedAt: staffFactors.usedAt,
      })
      .from(staffFactors)
      .where(and(eq(staffFactors.accountId, person.accountId), isNotNull(staffFactors.confirmedAt), isNull(staffFactors.removedAt)))
      .orderBy(asc(staffFactors.createdAt));
    const [left] = await tx.execute<{ codes: number }>(sql`
      select count(*)::int as codes from staff_recovery_codes where account_id = ${person.accountId} and used_at is null`);
    const given =
      person.staffSessionId === null
        ? []
        : await tx.select({ expiresAt: staffSessions.expiresAt }).from(staffSessions).where(eq(staffSessions.id, person.staffSessionId));
    return {
      email: person.email,
      role: person.staffRole,
      /** Until when this browser's staff session lives; null where it has none. */
      givenUntil: given[0]?.expiresAt ?? null,
      // Whoever only read the mail learns which kinds there are, since they must choose one, and no more.
      factors: person.staffSessionId === null ? [] : factors,
      kinds: [...new Set(factors.map(({ kind }) => kind))],
      codesLeft: left?.codes ?? 0,
      passkeysArePossible: passkeysArePossible(headers),
    };
  });
}
