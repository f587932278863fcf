import { and, eq, isNull } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { feeds } from "@/db/schema";
import { audit } from "@/server/audit";
import type { TenantActor } from "@/server/auth/actor";
import { AppError } from "@/server/errors";
import { type FeedReading, Reading, settingsOf } from "./settings";
import { writeSettings } from "./write-settings";

/**
 * Writes the next version of a feed's settings and points Preview to it; Production keeps the one that was approved. A change
 * that changes nothing writes nothing. Throws NOT_FOUND.
 */
export async function changeReading(
  tx: Transaction,
  actor: TenantActor,
  change: { readonly feed: number; readonly verb: string; to(reading: FeedReading): FeedReading },
): Promise<{ version: number; reading: FeedReading }> {
  const [feed] = await tx
    .select()
    .from(feeds)
    .where(and(eq(feeds.institutionId, actor.institutionId), eq(feeds.id, change.feed), isNull(feeds.disabledAt)))
    .for("update");
  if (feed === undefined) throw new AppError("NOT_FOUND", "There is no such feed");
  const before = await settingsOf(tx, { institutionId: actor.institutionId, feedId: feed.id, version: feed.draftVersion });
  const reading = Reading.parse(change.to(before.reading));
  if (JSON.stringify(reading) === JSON.stringify(before.reading)) return { version: before.version, reading };
  const version = await writeSettings(tx, actor, { feedId: feed.id, settings: { reading, limits: before.limits, mails: before.mails } });
  await tx
    .update(feeds)
    .set({ draftVersion: version })
    .where(and(eq(feeds.institutionId, actor.institutionId), eq(feeds.id, feed.id)));
  await audit(tx, actor, { verb: change.verb, subject: `feed ${feed.id}`, detail: { version } });
  return { version, reading };
}
