import { and, desc, eq } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { feedSettings } from "@/db/schema";
import type { TenantActor } from "@/server/auth/actor";
import type { StoredSettings } from "@/server/roster/options";
import { FeedMails, Reading } from "./settings";

/**
 * Writes the next version of a feed's settings; who points to it is another matter. Hold the feed's row while calling, so that
 * two people do not write the same version.
 */
export async function writeSettings(
  tx: Transaction,
  actor: TenantActor,
  of: { feedId: number; settings: StoredSettings },
): Promise<number> {
  const version = (await newestVersion(tx, actor, of.feedId)) + 1;
  await tx.insert(feedSettings).values({
    institutionId: actor.institutionId,
    feedId: of.feedId,
    version,
    reading: Reading.parse(of.settings.reading),
    limits: z.record(z.string(), z.json()).parse(of.settings.limits),
    mails: FeedMails.parse(of.settings.mails),
    createdBy: actor.accountId,
  });
  return version;
}

/** The newest version that was ever written, also one that was only tried. */
export async function newestVersion(tx: Transaction, actor: TenantActor, feedId: number): Promise<number> {
  const [newest] = await tx
    .select({ version: feedSettings.version })
    .from(feedSettings)
    .where(and(eq(feedSettings.institutionId, actor.institutionId), eq(feedSettings.feedId, feedId)))
    .orderBy(desc(feedSettings.version))
    .limit(1);
  return newest?.version ?? 0;
}
