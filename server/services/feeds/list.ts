import { and, asc, eq, isNull } from "drizzle-orm";
import { feeds } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { labelOf } from "./label";
import { type FeedReading, settingsOf } from "./settings";

export interface FeedLine {
  readonly id: number;
  readonly name: string;
  readonly source: string;
  readonly label: string;
  /** The version of its settings that Preview reads with. */
  readonly version: number;
  readonly reading: FeedReading;
}

/** The feeds of the institution that are not disabled, by name. */
export async function listFeeds(actor: TenantActor): Promise<FeedLine[]> {
  authorize(actor, "institution:read");
  return asTenant(actor.institutionId, async (tx) => {
    const found = await tx
      .select()
      .from(feeds)
      .where(and(eq(feeds.institutionId, actor.institutionId), isNull(feeds.disabledAt)))
      .orderBy(asc(feeds.name));
    const lines: FeedLine[] = [];
    for (const feed of found) {
      const { version, reading } = await settingsOf(tx, {
        institutionId: actor.institutionId,
        feedId: feed.id,
        version: feed.draftVersion,
      });
      lines.push({ id: feed.id, name: feed.name, source: feed.source, label: labelOf(feed.source), version, reading });
    }
    return lines;
  });
}
