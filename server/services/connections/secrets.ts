import { and, asc, eq, isNotNull, isNull } from "drizzle-orm";
import { accounts, feedFields, feeds } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { labelOf } from "@/server/services/feeds/label";
import { findSource } from "@/server/sources";

/** A secret as people see it: never what it is. */
interface KeptSecret {
  readonly field: string;
  readonly label: string;
  readonly hint: string;
  readonly required: boolean;
  /** Null: none is kept. */
  readonly kept: {
    readonly at: Date;
    readonly by: string | null;
    /** The end of a fingerprint, by which two are told apart. */
    readonly fingerprint: string | null;
    readonly workedAt: Date | null;
    /** The one before is still there, until this one has worked. */
    readonly hasPrevious: boolean;
  } | null;
}

export interface FeedSecrets {
  readonly feed: number;
  readonly name: string;
  readonly label: string;
  /** None where the source needs none. */
  readonly secrets: readonly KeptSecret[];
}

/** The secrets that each feed's source asks for, and since when one is kept. */
export async function listSecrets(actor: TenantActor): Promise<FeedSecrets[]> {
  authorize(actor, "feed:manage");
  const { institutionId } = actor;
  return asTenant(institutionId, async (tx) => {
    const known = await tx
      .select({ id: feeds.id, name: feeds.name, source: feeds.source })
      .from(feeds)
      .where(and(eq(feeds.institutionId, institutionId), isNull(feeds.disabledAt)))
      .orderBy(asc(feeds.name));
    const kept = await tx
      .select({ row: feedFields, name: accounts.name, email: accounts.email })
      .from(feedFields)
      .leftJoin(accounts, eq(accounts.id, feedFields.updatedBy))
      .where(and(eq(feedFields.institutionId, institutionId), isNotNull(feedFields.sealed)));
    return known.map(({ id, name, source }) => ({
      feed: id,
      name,
      label: labelOf(source),
      secrets: (findSource(source)?.fields ?? [])
        .filter((field) => field.kind === "secret")
        .map(({ key, label, hint, required }) => {
          const found = kept.find(({ row }) => row.feedId === id && row.field === key);
          return { field: key, label, hint, required, kept: found === undefined ? null : shown(found) };
        }),
    }));
  });
}

function shown({
  row,
  name,
  email,
}: {
  row: typeof feedFields.$inferSelect;
  name: string | null;
  email: string | null;
}): KeptSecret["kept"] {
  return {
    at: row.updatedAt,
    by: name ?? email,
    fingerprint: row.fingerprint,
    workedAt: row.workedAt,
    hasPrevious: row.previousSealed !== null,
  };
}
