import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read } from "@/db/read";
import { welcomeBatches } from "@/db/schema";
import type { BatchRow } from "./people";

/** The states in which a mail of the batch may still go out. */
const OPEN_BATCH = ["counting", "held", "sending", "paused"] as const;

/**
 * Cancels what of a batch is not sent yet, also what lies in the outbox; a mail that is on its way at this moment goes out. Does
 * nothing to a batch that has ended. The caller holds the batch's row. Answers how many mails will not go.
 */
export async function endBatch(
  tx: Transaction,
  batch: BatchRow,
  how: { readonly reason: "undone" | "person"; readonly words: string; readonly by: number | null },
): Promise<{ cancelled: number }> {
  const { institutionId, id } = batch;
  // A batch all of whose mails lie in the outbox is done, and can still be taken back there.
  if (batch.state !== "done" && !OPEN_BATCH.some((state) => state === batch.state)) return { cancelled: 0 };
  const unsent = await read(tx, z.object({ mail: z.string() }), sql`select mail from take_back_welcome(${id}) mail`);
  const taken = await tx.execute(sql`
    update welcome_mails set state = 'cancelled', reason = ${how.reason}
    where institution_id = ${institutionId} and batch_id = ${id}
      and (state = 'waiting' or state = 'handed' and mail_id = any(${`{${unsent.map(({ mail }) => mail).join(",")}}`}::uuid[]))
    returning 1`);
  if (batch.state === "done" && taken.length === 0) return { cancelled: 0 };
  await tx
    .update(welcomeBatches)
    .set({
      state: "cancelled",
      endedAt: sql`now()`,
      endedReason: how.words,
      nextWaveAt: null,
      ...(how.by === null ? {} : { decidedBy: how.by }),
    })
    .where(and(eq(welcomeBatches.institutionId, institutionId), eq(welcomeBatches.id, id)));
  return { cancelled: taken.length };
}
