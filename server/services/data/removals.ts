import { and, desc, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { audit } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";

/** Nights of which pages tell. */
const TOLD = 10;

/** What went lately because its time was over, counted by kind, a row a night, the newest first. */
export const removalsOf = (tx: Transaction, institutionId: number) =>
  tx
    .select({ id: audit.id, at: audit.at, counts: audit.detail })
    .from(audit)
    .where(and(eq(audit.institutionId, institutionId), eq(audit.verb, "retention.remove")))
    .orderBy(desc(audit.id))
    .limit(TOLD);

/** The same for whoever reads the log; in numbers alone. */
export async function listRemovals(actor: TenantActor) {
  authorize(actor, "issue:read");
  return asTenant(actor.institutionId, (tx) => removalsOf(tx, actor.institutionId));
}
