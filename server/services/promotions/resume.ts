import { and, eq, isNotNull } from "drizzle-orm";
import { environments } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";

/** Lets automatic runs commit in Production again, after an undo paused them. Throws CONFLICT when they are not paused. */
export async function resumeProduction(actor: TenantActor): Promise<{ resumed: true }> {
  authorize(actor, "promotion:request");
  return asTenant(actor.institutionId, async (tx) => {
    const resumed = await tx
      .update(environments)
      .set({ pausedAt: null, pausedBy: null, pausedReason: null })
      .where(
        and(eq(environments.institutionId, actor.institutionId), eq(environments.name, "production"), isNotNull(environments.pausedAt)),
      )
      .returning({ id: environments.id });
    if (resumed.length === 0) throw new AppError("CONFLICT", "Automatic runs are not paused");
    await audit(tx, actor, { verb: "environment.resume", subject: "production" });
    return { resumed: true };
  });
}
