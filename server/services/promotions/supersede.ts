import { and, eq, inArray } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { promotions } from "@/db/schema";
import type { TenantActor } from "@/server/auth/actor";
import { AppError } from "@/server/errors";
import { movePromotion } from "./move";

/** The word that a person types who commits in Preview while the vendor is asked. */
const SUPERSEDE_WORD = "supersede";

/** The request that waits for the vendor's decision, locked; null: none. */
async function undecidedRequest(tx: Transaction, institutionId: number) {
  const [found] = await tx
    .select()
    .from(promotions)
    .where(and(eq(promotions.institutionId, institutionId), eq(promotions.state, "requested")))
    .for("update");
  return found ?? null;
}

/**
 * Lets a person commit in Preview while a request waits only if they typed that it ends the request; it then ends here, in the
 * transaction of their decision. Throws CONFLICT with the word to type.
 */
export async function supersedeByHand(tx: Transaction, actor: TenantActor, of: { run: number; typed: string | undefined }): Promise<void> {
  const request = await undecidedRequest(tx, actor.institutionId);
  if (request === null) return;
  if (of.typed !== SUPERSEDE_WORD) {
    throw new AppError("CONFLICT", `Promotion ${request.number} waits for a decision. Committing now ends that request.`, {
      data: { promotion: request.number, type: SUPERSEDE_WORD },
    });
  }
  await movePromotion(
    tx,
    { side: "institution", accountId: actor.accountId, institutionId: actor.institutionId },
    { promotion: request, to: "superseded", text: `Run ${of.run} was committed by hand in Preview`, detail: { run: of.run } },
  );
}

/** Preview has moved, whoever moved it: what was confirmed or requested of an older commit is so no more. Called by the commit itself. */
export async function endStalePromotions(tx: Transaction, of: { institutionId: number; seq: number; run: number }): Promise<void> {
  const stale = await tx
    .select()
    .from(promotions)
    .where(and(eq(promotions.institutionId, of.institutionId), inArray(promotions.state, ["confirmed", "requested"])))
    .for("update");
  for (const promotion of stale) {
    if (promotion.snapshotSeq === of.seq) continue;
    await movePromotion(
      tx,
      { side: "system", accountId: null, institutionId: of.institutionId },
      {
        promotion,
        to: promotion.state === "confirmed" ? "draft" : "superseded",
        text: `Preview moved to commit ${of.seq} with run ${of.run}`,
        detail: { seq: of.seq, run: of.run },
      },
    );
  }
}

/** Production was turned back to before a promotion. Called by the commit of the undo. */
export async function noteRollback(tx: Transaction, of: { institutionId: number; undone: string; run: number }): Promise<void> {
  const [live] = await tx
    .select()
    .from(promotions)
    .where(
      and(
        eq(promotions.institutionId, of.institutionId),
        eq(promotions.runId, of.undone),
        inArray(promotions.state, ["live", "confirmedLive"]),
      ),
    )
    .for("update");
  if (live === undefined) return;
  await movePromotion(
    tx,
    { side: "system", accountId: null, institutionId: of.institutionId },
    { promotion: live, to: "rolledBack", text: `Run ${of.run} undid it in Production`, detail: { run: of.run } },
  );
}
