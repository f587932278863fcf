import type { HandOffActor } from "@/server/auth/hand-off";
import { cancelIfOpen } from "./begin";

/** Throws away what the link was sending. */
export async function cancelHandOff(actor: HandOffActor): Promise<void> {
  if (actor.handOff.deliveryId !== null) await cancelIfOpen(actor, actor.handOff.deliveryId);
}
