import { z } from "zod";
import { emitEvent } from "@/server/durable/emit";

const OfRun = z.object({ institutionId: z.number().int().positive(), runId: z.uuid() });
const OfPromotion = z.object({ institutionId: z.number().int().positive(), promotionId: z.uuid() });
const OfWelcome = z.object({ institutionId: z.number().int().positive(), batchId: z.uuid() });
const OfInstitution = z.object({ institutionId: z.number().int().positive() });
const OfExport = z.object({ institutionId: z.number().int().positive(), exportId: z.uuid() });
const OfDelivery = z.object({ institutionId: z.number().int().positive(), deliveryId: z.uuid() });

/** Every event and what it carries: ids only. Whoever receives one looks the rest up, inside that institution. */
export const EVENTS = {
  /** A run was asked for and is to be prepared. */
  "run/requested": OfRun,
  /** A person (or the run's own auto-commit) decided: the decision stands in `decisions`. */
  "run/decided": OfRun,
  /** A person asked a working run to stop; `runs.cancel_requested_at` says so too. */
  "run/cancelled": OfRun,
  /** The run left its environment free for others. */
  "run/ended": OfRun,
  /** A snapshot was frozen (or Production moved since): what it would change there is to be computed. */
  "promotion/confirmed": OfPromotion,
  /** A promotion was approved and is to be applied. */
  "promotion/approved": OfPromotion,
  /** A commit was made while welcome mails are on: who gets one is to be counted. */
  "welcome/asked": OfWelcome,
  /** An arrival is complete and immutable. */
  "delivery/ready": OfDelivery,
  /** What has expired of an institution is to be removed. */
  "retention/due": OfInstitution,
  /** An institution's deletion was approved and has waited its time. */
  "deletion/due": OfInstitution,
  /** An institution's audit is to be walked from its first entry on, and its end written down. */
  "audit/anchor": OfInstitution,
  /** An owner wants everything of the institution as one file. */
  "export/requested": OfExport,
} as const;

export type EventName = keyof typeof EVENTS;
export type EventData<N extends EventName> = z.infer<(typeof EVENTS)[N]>;

/** Writes the event in the caller's transaction. With `id` the same event counts once in 24 hours. */
export async function emit<N extends EventName>(
  tx: Parameters<typeof emitEvent>[0],
  event: { readonly name: N; readonly data: EventData<N>; readonly id?: string },
): Promise<void> {
  await emitEvent(tx, {
    name: event.name,
    data: EVENTS[event.name].parse(event.data),
    ...(event.id === undefined ? {} : { id: event.id }),
  });
}
