import { z } from "zod";
import { feedSettings, feeds } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { findSource } from "@/server/sources";
import { Reading } from "./settings";

export const CreateFeed = z.object({
  name: z.string().trim().min(1, "Give the feed a name").max(100),
  source: z.string().refine((key) => findSource(key) !== null, "There is no such kind of source"),
});

/** Makes a feed with the first version of its settings. Throws CONFLICT when the name is taken. */
export async function createFeed(actor: TenantActor, raw: z.input<typeof CreateFeed>): Promise<{ id: number; name: string }> {
  authorize(actor, "feed:manage");
  const input = CreateFeed.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const [made] = await tx
      .insert(feeds)
      .values({ institutionId: actor.institutionId, name: input.name, source: input.source, createdBy: actor.accountId })
      .onConflictDoNothing({ target: [feeds.institutionId, feeds.name] })
      .returning({ id: feeds.id, name: feeds.name });
    if (made === undefined) throw new AppError("CONFLICT", `There already is a feed "${input.name}"`);
    await tx.insert(feedSettings).values({
      institutionId: actor.institutionId,
      feedId: made.id,
      version: 1,
      reading: Reading.parse({}),
      createdBy: actor.accountId,
    });
    await audit(tx, actor, { verb: "feed.create", subject: `feed ${made.id}`, detail: { source: input.source } });
    return made;
  });
}
