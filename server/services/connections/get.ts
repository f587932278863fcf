import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { feeds } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { findSource } from "@/server/sources";
import type { Source } from "@/server/sources/source";
import { type KeptField, readFields } from "./read-fields";

export const OfFeed = z.object({ feed: z.number().int().positive() });

/** What is typed in to connect a feed, and what is kept of it. Throws NOT_FOUND. */
export async function getConnection(actor: TenantActor, raw: z.input<typeof OfFeed>): Promise<{ fields: KeptField[] }> {
  authorize(actor, "feed:manage");
  const { feed } = OfFeed.parse(raw);
  const { institutionId } = actor;
  return asTenant(institutionId, async (tx) => {
    const { fields } = await sourceOfFeed(tx, { institutionId, feed });
    return { fields: await readFields(tx, { institutionId, feedId: feed, fields }) };
  });
}

/** Throws NOT_FOUND for a feed that the institution does not have, or whose source this deployment lacks. */
export async function sourceOfFeed(tx: Transaction, of: { institutionId: number; feed: number }): Promise<Source> {
  const [found] = await tx
    .select({ source: feeds.source })
    .from(feeds)
    .where(and(eq(feeds.institutionId, of.institutionId), eq(feeds.id, of.feed), isNull(feeds.disabledAt)));
  const source = found === undefined ? null : findSource(found.source);
  if (source === null) throw new AppError("NOT_FOUND", "There is no such feed");
  return source;
}
