import { and, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { feeds, runs } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { WAITING_STATES } from "@/server/roster/run";
import { type FeedRow, lockFeed, refuseWhileWorking } from "./options";

export const DisableFeed = z.object({
  feed: z.number().int().positive(),
  /** The feed's name, as the person typed it. */
  typed: z.string().max(200),
});
export const EnableFeed = z.object({ feed: z.number().int().positive() });

/**
 * Switches a feed off: it takes no deliveries and starts no runs, and everything that it brought stays as it is. Throws INVALID
 * unless its name was typed, CONFLICT while a run of it works or a plan of it waits, NOT_FOUND.
 */
export async function disableFeed(actor: TenantActor, raw: z.input<typeof DisableFeed>): Promise<void> {
  authorize(actor, "feed:manage");
  const input = DisableFeed.parse(raw);
  await asTenant(actor.institutionId, async (tx) => {
    const feed = await lockFeed(tx, actor, input.feed);
    if (input.typed.trim() !== feed.name) throw new AppError("INVALID", `Type the feed's name, ${feed.name}, to switch it off`);
    await refuseWhileWorking(tx, feed);
    await refuseWhileWaiting(tx, feed);
    await tx
      .update(feeds)
      .set({ disabledAt: sql`now()` })
      .where(and(eq(feeds.institutionId, actor.institutionId), eq(feeds.id, feed.id)));
    await audit(tx, actor, { verb: "feed.disable", subject: `feed ${feed.id}` });
  });
}

/** Switches a feed on again, with the settings that it had. Throws NOT_FOUND for one that is on. */
export async function enableFeed(actor: TenantActor, raw: z.input<typeof EnableFeed>): Promise<void> {
  authorize(actor, "feed:manage");
  const input = EnableFeed.parse(raw);
  await asTenant(actor.institutionId, async (tx) => {
    const changed = await tx
      .update(feeds)
      .set({ disabledAt: null })
      .where(and(eq(feeds.institutionId, actor.institutionId), eq(feeds.id, input.feed), isNotNull(feeds.disabledAt)))
      .returning({ id: feeds.id });
    if (changed.length === 0) throw new AppError("NOT_FOUND", "There is no such feed that is switched off");
    await audit(tx, actor, { verb: "feed.enable", subject: `feed ${input.feed}` });
  });
}

async function refuseWhileWaiting(tx: Transaction, feed: FeedRow): Promise<void> {
  const [waiting] = await tx
    .select({ number: runs.number })
    .from(runs)
    .where(
      and(
        eq(runs.institutionId, feed.institutionId),
        eq(runs.feedId, feed.id),
        inArray(runs.state, [...WAITING_STATES]),
        isNull(runs.undoOf),
      ),
    )
    .limit(1);
  if (waiting === undefined) return;
  throw new AppError("CONFLICT", `The plan of run ${waiting.number} waits. Commit or discard it first.`, { data: { run: waiting.number } });
}
