import { and, eq, isNull } from "drizzle-orm";
import type { z } from "zod";
import { handOffs } from "@/db/schema";
import type { HandOffActor } from "@/server/auth/hand-off";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { BeginInput, type BegunDelivery, beginDelivery } from "@/server/services/deliveries/begin";
import { cancelDelivery } from "@/server/services/deliveries/cancel";

export const BeginHandOff = BeginInput.omit({ feed: true });

/**
 * Opens a delivery of the link's own feed; whatever the link had begun before and not finished is thrown away. Throws CONFLICT
 * once the step is done, and what beginning a delivery throws.
 */
export async function beginHandOff(actor: HandOffActor, raw: z.input<typeof BeginHandOff>): Promise<BegunDelivery> {
  const input = BeginHandOff.parse(raw);
  if (actor.handOff.doneAt !== null) throw new AppError("CONFLICT", "The files have arrived; there is nothing left to do here");
  if (actor.handOff.deliveryId !== null) await cancelIfOpen(actor, actor.handOff.deliveryId);
  const begun = await beginDelivery(actor, { ...input, feed: actor.handOff.feed.id });
  const claimed = await asTenant(actor.institutionId, (tx) =>
    tx
      .update(handOffs)
      .set({ deliveryId: begun.delivery })
      .where(and(eq(handOffs.institutionId, actor.institutionId), eq(handOffs.id, actor.handOff.id), isNull(handOffs.doneAt)))
      .returning({ id: handOffs.id }),
  );
  if (claimed.length === 0) {
    await cancelIfOpen(actor, begun.delivery);
    throw new AppError("CONFLICT", "The files have arrived; there is nothing left to do here");
  }
  return begun;
}

/** One that has ended already needs no cancelling. */
export async function cancelIfOpen(actor: HandOffActor, delivery: string): Promise<void> {
  try {
    await cancelDelivery(actor, { delivery });
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.code !== "CONFLICT") throw cause;
  }
}
