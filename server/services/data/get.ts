import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { removalsOf } from "./removals";
import { retentionOf } from "./retention";

/** What holds for an institution's data: how long each kind is kept, how long it may be, and what went lately. */
export async function getRetention(actor: TenantActor) {
  authorize(actor, "data:read");
  return asTenant(actor.institutionId, async (tx) => ({
    ...(await retentionOf(tx)),
    removals: await removalsOf(tx, actor.institutionId),
  }));
}
