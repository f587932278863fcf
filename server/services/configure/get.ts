import { and, asc, desc, eq, inArray } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { deliveries, feeds, runs } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { OPTION_GROUPS, type OptionLine, optionLines } from "@/server/roster/options";
import { WAITING_STATES, WORKING_STATES } from "@/server/roster/run";
import { labelOf } from "@/server/services/feeds/label";
import { settingsOf } from "@/server/services/feeds/settings";
import { findSource } from "@/server/sources";
import type { FeedRow } from "./options";

/** A feed with the options that its source has. */
export interface ConfiguredFeed {
  readonly id: number;
  readonly name: string;
  readonly label: string;
  readonly disabledAt: Date | null;
  /** The version by which Preview reads, and the one that was approved for Production; null: none yet. */
  readonly version: number;
  readonly productionVersion: number | null;
  readonly options: readonly OptionLine[];
  /** Options that Production reads otherwise: what the next promotion carries along. */
  readonly differing: readonly { readonly label: string; readonly production: OptionLine["value"]; readonly draft: OptionLine["value"] }[];
  /** Something has arrived, so that a change can be tried. */
  readonly hasDelivery: boolean;
  readonly working: number | null;
  readonly waiting: number | null;
}

/** Every feed, switched-off ones last, with its options as drafted. */
export async function getConfigure(actor: TenantActor): Promise<{ groups: typeof OPTION_GROUPS; feeds: ConfiguredFeed[] }> {
  authorize(actor, "institution:read");
  return asTenant(actor.institutionId, async (tx) => {
    const rows = await tx.select().from(feeds).where(eq(feeds.institutionId, actor.institutionId)).orderBy(asc(feeds.name));
    const found: ConfiguredFeed[] = [];
    for (const feed of rows) found.push(await described(tx, feed));
    return { groups: OPTION_GROUPS, feeds: found.toSorted((a, b) => Number(a.disabledAt !== null) - Number(b.disabledAt !== null)) };
  });
}

async function described(tx: Transaction, feed: FeedRow): Promise<ConfiguredFeed> {
  const { institutionId, id: feedId, draftVersion: version, productionVersion } = feed;
  const defaults = findSource(feed.source)?.options ?? {};
  const options = optionLines(defaults, await settingsOf(tx, { institutionId, feedId, version }));
  const approved =
    productionVersion === null ? [] : optionLines(defaults, await settingsOf(tx, { institutionId, feedId, version: productionVersion }));
  const [arrived] = await tx
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(and(eq(deliveries.institutionId, institutionId), eq(deliveries.feedId, feedId), eq(deliveries.state, "ready")))
    .limit(1);
  return {
    id: feedId,
    name: feed.name,
    label: labelOf(feed.source),
    disabledAt: feed.disabledAt,
    version,
    productionVersion,
    options,
    differing: approved.flatMap(({ key, label, value }) => {
      const draft = options.find((option) => option.key === key);
      return draft === undefined || draft.value === value ? [] : [{ label, production: value, draft: draft.value }];
    }),
    hasDelivery: arrived !== undefined,
    working: await runIn(tx, feed, WORKING_STATES),
    waiting: await runIn(tx, feed, WAITING_STATES),
  };
}

async function runIn(tx: Transaction, feed: FeedRow, states: readonly (typeof runs.$inferSelect)["state"][]): Promise<number | null> {
  const [run] = await tx
    .select({ number: runs.number })
    .from(runs)
    .where(and(eq(runs.institutionId, feed.institutionId), eq(runs.feedId, feed.id), inArray(runs.state, [...states])))
    .orderBy(desc(runs.number))
    .limit(1);
  return run?.number ?? null;
}
