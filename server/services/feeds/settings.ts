import { and, eq } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { feedSettings } from "@/db/schema";

/** What a feed says about reading its files (`sources/source.ts` ReadingSettings). */
export const Reading = z.object({
  modes: z.record(z.string(), z.enum(["bulk", "delta"])).default({}),
  encoding: z.string().nullable().default(null),
  dateOrder: z.enum(["MDY", "DMY"]).nullable().default(null),
});
export type FeedReading = z.infer<typeof Reading>;

/** Whom a feed has written to; absent: as the option says by default. */
export const FeedMails = z.object({ welcome: z.boolean().optional() });
type FeedMails = z.infer<typeof FeedMails>;

export interface FeedSettings {
  readonly version: number;
  readonly reading: FeedReading;
  readonly limits: Record<string, unknown>;
  readonly mails: FeedMails;
}

/** One version of a feed's settings; a feed that nobody ever set reads as its source does by itself. */
export async function settingsOf(tx: Transaction, of: { institutionId: number; feedId: number; version: number }): Promise<FeedSettings> {
  const [found] = await tx
    .select()
    .from(feedSettings)
    .where(and(eq(feedSettings.institutionId, of.institutionId), eq(feedSettings.feedId, of.feedId), eq(feedSettings.version, of.version)));
  return {
    version: of.version,
    reading: Reading.parse(found?.reading ?? {}),
    limits: z.record(z.string(), z.unknown()).parse(found?.limits ?? {}),
    mails: FeedMails.parse(found?.mails ?? {}),
  };
}
