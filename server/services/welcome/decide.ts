import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { welcomeBatches } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { env } from "@/server/env";
import { AppError } from "@/server/errors";
import { RunPlace } from "@/server/services/runs/place";
import { endBatch } from "./end-batch";
import { findBatch } from "./of-run";
import type { BatchRow } from "./people";

export const ReleaseWelcome = RunPlace.extend({
  /** How many mails go out, as the person typed it. */
  typedCount: z.number().int(),
});

/** Stops the waves of a run's welcome mails until somebody goes on. Throws CONFLICT where none are going, NOT_FOUND. */
export async function pauseWelcome(actor: TenantActor, raw: z.input<typeof RunPlace>): Promise<void> {
  authorize(actor, "run:commit");
  await decided(actor, { at: RunPlace.parse(raw), verb: "welcome.pause", from: "sending" }, (tx, batch) =>
    moveTo(tx, batch, { state: "paused", nextWaveAt: null, decidedBy: actor.accountId }),
  );
}

/** Goes on where it was stopped. Throws CONFLICT where nothing is paused, NOT_FOUND. */
export async function resumeWelcome(actor: TenantActor, raw: z.input<typeof RunPlace>): Promise<void> {
  authorize(actor, "run:commit");
  await decided(actor, { at: RunPlace.parse(raw), verb: "welcome.resume", from: "paused" }, (tx, batch) =>
    moveTo(tx, batch, { state: "sending", nextWaveAt: sql`now()`, decidedBy: actor.accountId }),
  );
}

/**
 * Lets a held batch go, by whoever may release a hold, who has typed how many mails that is. Throws INVALID for another number,
 * CONFLICT where nothing is held or the vendor has not said where the mails lead, NOT_FOUND.
 */
export async function releaseWelcome(actor: TenantActor, raw: z.input<typeof ReleaseWelcome>): Promise<void> {
  authorize(actor, "run:override");
  const { typedCount, ...at } = ReleaseWelcome.parse(raw);
  if (env.PRODUCT_URL === undefined) {
    throw new AppError("CONFLICT", "The vendor has not said yet where these mails lead, so they cannot go");
  }
  await decided(actor, { at, verb: "welcome.release", from: "held" }, (tx, batch) => {
    if (typedCount !== batch.mails) throw new AppError("INVALID", `Type ${batch.mails} to send that many mails`);
    return moveTo(tx, batch, { state: "sending", nextWaveAt: sql`now()`, decidedBy: actor.accountId });
  });
}

/** Cancels what is not sent yet, for good: nobody of them is written to later. Throws CONFLICT where nothing is left, NOT_FOUND. */
export async function cancelWelcome(actor: TenantActor, raw: z.input<typeof RunPlace>): Promise<{ cancelled: number }> {
  authorize(actor, "run:commit");
  const at = RunPlace.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const batch = await batchOf(tx, actor, at);
    if (batch.state === "simulated" || batch.state === "nothing" || batch.state === "cancelled") throw nothingLeft();
    const { cancelled } = await endBatch(tx, batch, { reason: "person", words: "Cancelled by a person", by: actor.accountId });
    if (batch.state === "done" && cancelled === 0) throw nothingLeft();
    await audit(tx, actor, { verb: "welcome.cancel", subject: `run ${at.run}`, detail: { cancelled } });
    return { cancelled };
  });
}

const nothingLeft = () => new AppError("CONFLICT", "No mail is left that could be cancelled");

async function decided(
  actor: TenantActor,
  of: { at: z.infer<typeof RunPlace>; verb: string; from: BatchRow["state"] },
  act: (tx: Transaction, batch: BatchRow) => Promise<void>,
): Promise<void> {
  await asTenant(actor.institutionId, async (tx) => {
    const batch = await batchOf(tx, actor, of.at);
    if (batch.state !== of.from) throw new AppError("CONFLICT", "These mails stand otherwise by now. Look at them again.");
    await act(tx, batch);
    await audit(tx, actor, { verb: of.verb, subject: `run ${of.at.run}`, detail: { mails: batch.mails } });
  });
}

async function batchOf(tx: Transaction, actor: TenantActor, at: z.infer<typeof RunPlace>): Promise<BatchRow> {
  const batch = await findBatch(tx, actor, { ...at, lock: true });
  if (batch === null) throw new AppError("NOT_FOUND", "This run made no welcome mail due");
  return batch;
}

async function moveTo(
  tx: Transaction,
  batch: BatchRow,
  set: Parameters<ReturnType<typeof tx.update<typeof welcomeBatches>>["set"]>[0],
): Promise<void> {
  await tx
    .update(welcomeBatches)
    .set(set)
    .where(and(eq(welcomeBatches.institutionId, batch.institutionId), eq(welcomeBatches.id, batch.id)));
}
