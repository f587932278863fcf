import { and, desc, eq, inArray } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { runs } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { WAITING_STATES } from "@/server/roster/run";
import { changeReading } from "./change-reading";

export const SetMode = z.object({
  feed: z.number().int().positive(),
  /** `users.csv`, or `*` for every file. */
  file: z.string().trim().min(1).max(100),
  mode: z.enum(["bulk", "delta"]),
});

/**
 * Answers the one question for good: how this file of the feed is read from now on. A plan that waits was prepared under the
 * old answer: `prepareAgain` names it, so that the page can offer to prepare it once more.
 */
export async function setMode(
  actor: TenantActor,
  raw: z.input<typeof SetMode>,
): Promise<{ version: number; prepareAgain: { run: number; delivery: string } | null }> {
  authorize(actor, "feed:manage");
  const input = SetMode.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const { version } = await changeReading(tx, actor, {
      feed: input.feed,
      verb: "feed.setMode",
      // A word about every file is the last one about each of them.
      to: (reading) => ({ ...reading, modes: { ...(input.file === "*" ? {} : reading.modes), [input.file]: input.mode } }),
    });
    return { version, prepareAgain: await waitingPlan(tx, actor, input.feed) };
  });
}

/** The feed's plan that waits, newest first. */
export async function waitingPlan(tx: Transaction, actor: TenantActor, feedId: number): Promise<{ run: number; delivery: string } | null> {
  const [waiting] = await tx
    .select({ run: runs.number, delivery: runs.deliveryId })
    .from(runs)
    .where(and(eq(runs.institutionId, actor.institutionId), eq(runs.feedId, feedId), inArray(runs.state, [...WAITING_STATES])))
    .orderBy(desc(runs.number))
    .limit(1);
  return waiting ?? null;
}
