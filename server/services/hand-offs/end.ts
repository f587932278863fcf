import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { handOffs } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";

export const OneHandOff = z.object({ id: z.uuid() });

/** Ends a link; the next request with it is refused. Throws NOT_FOUND, also for one that had ended. */
export async function endHandOff(actor: TenantActor, raw: z.input<typeof OneHandOff>): Promise<void> {
  authorize(actor, "feed:manage");
  const { id } = OneHandOff.parse(raw);
  await asTenant(actor.institutionId, async (tx) => {
    const ended = await tx
      .update(handOffs)
      .set({ endedAt: sql`now()` })
      .where(and(eq(handOffs.institutionId, actor.institutionId), eq(handOffs.id, id), isNull(handOffs.endedAt)))
      .returning({ id: handOffs.id });
    if (ended.length === 0) throw new AppError("NOT_FOUND", "There is no such link any more");
    await audit(tx, actor, { verb: "handOff.end", subject: `hand-off ${id}` });
  });
}
