import { and, asc, eq, isNull, notExists, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { deliveries, feedSettings, feeds } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { labelOf } from "@/server/services/feeds/label";
import { Reading } from "@/server/services/feeds/settings";
import { findSource } from "@/server/sources";
import { SYSTEM_FIELD } from "@/server/sources/source";
import { writeFields } from "../connections/write-fields";

export const ChooseSource = z.object({
  source: z.string().refine((key) => findSource(key) !== null, "There is no such kind of source"),
  /** The system that the person named while choosing. */
  system: z.string().trim().min(1).max(200).optional(),
});

/**
 * The feed that is to be connected next: one of this source that nothing has arrived by yet, else a new one with a name of its
 * own. Choosing twice, or in two windows, makes one feed.
 */
export async function chooseSource(actor: TenantActor, raw: z.input<typeof ChooseSource>): Promise<{ feed: number }> {
  authorize(actor, "feed:manage");
  const { source, system } = ChooseSource.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('choice of a source'), ${actor.institutionId})`);
    const unused = await unusedFeed(tx, actor, source);
    const feed = unused ?? (await newFeed(tx, actor, source));
    const fields = findSource(source)?.fields ?? [];
    if (system !== undefined && fields.some(({ key }) => key === SYSTEM_FIELD))
      await writeFields(tx, actor, { feedId: feed, fields, values: { [SYSTEM_FIELD]: system } });
    await audit(tx, actor, { verb: "onboarding.chooseSource", subject: `feed ${feed}`, detail: { source, isNew: unused === null } });
    return { feed };
  });
}

async function unusedFeed(tx: Transaction, actor: TenantActor, source: string): Promise<number | null> {
  const used = tx
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(and(eq(deliveries.institutionId, feeds.institutionId), eq(deliveries.feedId, feeds.id), eq(deliveries.state, "ready")));
  const [found] = await tx
    .select({ id: feeds.id })
    .from(feeds)
    .where(and(eq(feeds.institutionId, actor.institutionId), eq(feeds.source, source), isNull(feeds.disabledAt), notExists(used)))
    .orderBy(asc(feeds.id))
    .limit(1);
  return found?.id ?? null;
}

async function newFeed(tx: Transaction, actor: TenantActor, source: string): Promise<number> {
  const { institutionId, accountId } = actor;
  const taken = new Set(
    (await tx.select({ name: feeds.name }).from(feeds).where(eq(feeds.institutionId, institutionId))).map(({ name }) => name),
  );
  const label = labelOf(source);
  let name = label;
  for (let n = 2; taken.has(name); n += 1) name = `${label} ${n}`;
  const [made] = await tx.insert(feeds).values({ institutionId, name, source, createdBy: accountId }).returning({ id: feeds.id });
  if (made === undefined) throw new Error("A feed was not made");
  await tx.insert(feedSettings).values({ institutionId, feedId: made.id, version: 1, reading: Reading.parse({}), createdBy: accountId });
  return made.id;
}
