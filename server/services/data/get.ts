import { and, desc, eq } from "drizzle-orm";
import { audit } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { retentionOf } from "./retention";

/** Nights of which the page tells. */
const TOLD = 10;

/** What holds for an institution's data: how long each kind is kept, how long it may be, and what went lately. */
export async function getRetention(actor: TenantActor) {
  authorize(actor, "data:read");
  return asTenant(actor.institutionId, async (tx) => {
    const removals = await tx
      .select({ id: audit.id, at: audit.at, counts: audit.detail })
      .from(audit)
      .where(and(eq(audit.institutionId, actor.institutionId), eq(audit.verb, "retention.remove")))
      .orderBy(desc(audit.id))
      .limit(TOLD);
    return { ...(await retentionOf(tx)), removals };
  });
}
