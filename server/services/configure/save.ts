import { and, eq } from "drizzle-orm";
import type { z } from "zod";
import type { Transaction } from "@/db/client";
import { feeds } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import type { StoredSettings } from "@/server/roster/options";
import { settingsOf } from "@/server/services/feeds/settings";
import { newestVersion, writeSettings } from "@/server/services/feeds/write-settings";
import { ChosenOptions, draftWith, type FeedRow, isSameSettings, lockFeed, refuseWhileWorking } from "./options";

/**
 * Makes these options the draft of a feed: Preview reads by them from now on, Production keeps the version that was approved.
 * What was tried just before is that version. What changes nothing writes nothing. Throws CONFLICT while a run of the feed works,
 * INVALID, NOT_FOUND.
 */
export async function saveOptions(actor: TenantActor, raw: z.input<typeof ChosenOptions>): Promise<{ version: number }> {
  authorize(actor, "feed:manage");
  const input = ChosenOptions.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const feed = await lockFeed(tx, actor, input.feed);
    await refuseWhileWorking(tx, feed);
    const { before, after } = await draftWith(tx, feed, input.options);
    if (isSameSettings(before, after)) return { version: feed.draftVersion };
    const version =
      (await triedVersion(tx, actor, { feed, settings: after })) ?? (await writeSettings(tx, actor, { feedId: feed.id, settings: after }));
    await tx
      .update(feeds)
      .set({ draftVersion: version })
      .where(and(eq(feeds.institutionId, actor.institutionId), eq(feeds.id, feed.id)));
    await audit(tx, actor, {
      verb: "feed.setOptions",
      subject: `feed ${feed.id}`,
      detail: { version, options: Object.keys(input.options).toSorted() },
    });
    return { version };
  });
}

/** The newest version where it was only tried and says exactly this. */
export async function triedVersion(
  tx: Transaction,
  actor: TenantActor,
  of: { feed: FeedRow; settings: StoredSettings },
): Promise<number | null> {
  const newest = await newestVersion(tx, actor, of.feed.id);
  if (newest <= of.feed.draftVersion) return null;
  const tried = await settingsOf(tx, { institutionId: actor.institutionId, feedId: of.feed.id, version: newest });
  return isSameSettings(tried, of.settings) ? newest : null;
}
