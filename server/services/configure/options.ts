import { and, eq, inArray, isNull } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { feeds, runs } from "@/db/schema";
import type { TenantActor } from "@/server/auth/actor";
import { AppError } from "@/server/errors";
import { isOptionValue, type OptionKey, type OptionValue, optionLines, type StoredSettings, withOptions } from "@/server/roster/options";
import { WORKING_STATES } from "@/server/roster/run";
import { settingsOf } from "@/server/services/feeds/settings";
import { findSource } from "@/server/sources";

/** Options by key; only those that somebody set anew. */
export const ChosenOptions = z.object({
  feed: z.number().int().positive(),
  options: z.record(z.string(), z.union([z.string().max(200), z.number(), z.boolean()])),
});

export type FeedRow = typeof feeds.$inferSelect;

/** The feed, its row held until the transaction ends. Throws NOT_FOUND, also for a disabled one. */
export async function lockFeed(tx: Transaction, actor: TenantActor, id: number): Promise<FeedRow> {
  const [feed] = await tx
    .select()
    .from(feeds)
    .where(and(eq(feeds.institutionId, actor.institutionId), eq(feeds.id, id), isNull(feeds.disabledAt)))
    .for("update");
  if (feed === undefined) throw new AppError("NOT_FOUND", "There is no such feed");
  return feed;
}

/** The feed's draft settings with these options. Throws INVALID for an option that its source lacks and a value that it cannot have. */
export async function draftWith(
  tx: Transaction,
  feed: FeedRow,
  chosen: z.infer<typeof ChosenOptions>["options"],
): Promise<{ readonly before: StoredSettings; readonly after: StoredSettings }> {
  const before = await settingsOf(tx, { institutionId: feed.institutionId, feedId: feed.id, version: feed.draftVersion });
  const known = optionLines(findSource(feed.source)?.options ?? {}, before);
  const values: { [key in OptionKey]?: OptionValue } = {};
  for (const [name, value] of Object.entries(chosen)) {
    const option = known.find(({ key }) => key === name);
    if (option === undefined) throw new AppError("INVALID", "This kind of feed has no such option", { data: { option: name } });
    const { key, label } = option;
    if (!isOptionValue(key, value)) throw new AppError("INVALID", `${label}: this value is not possible`, { data: { option: key } });
    // What holds already, be it said or by default, is nothing new.
    if (value !== option.value) values[key] = value;
  }
  return { before, after: withOptions(before, values) };
}

export const isSameSettings = (a: StoredSettings, b: StoredSettings): boolean => textOf(a) === textOf(b);
/** Modes and limits are written in any order. */
const textOf = ({ reading, limits, mails }: StoredSettings): string =>
  JSON.stringify([sorted(reading.modes), reading.encoding, reading.dateOrder, sorted(limits), sorted(mails)]);
const sorted = (record: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(record).toSorted(([a], [b]) => a.localeCompare(b));

/** Throws CONFLICT while a run of the feed is at work: what it reads by must not change under it. */
export async function refuseWhileWorking(tx: Transaction, feed: FeedRow): Promise<void> {
  const [working] = await tx
    .select({ number: runs.number })
    .from(runs)
    .where(and(eq(runs.institutionId, feed.institutionId), eq(runs.feedId, feed.id), inArray(runs.state, [...WORKING_STATES])))
    .limit(1);
  if (working === undefined) return;
  throw new AppError("CONFLICT", `Run ${working.number} is at work with these settings. Wait until it is prepared.`, {
    data: { run: working.number },
  });
}
