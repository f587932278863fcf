import { z } from "zod";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { OfFeed, sourceOfFeed } from "./get";
import { writeFields } from "./write-fields";

/** What was typed, by the key of the field. */
export const FieldValues = z.record(z.string().min(1).max(50), z.string().max(2_000));
export const SaveConnection = OfFeed.extend({ values: FieldValues });

/** Keeps what was typed in to connect a feed, or replaces it. Throws NOT_FOUND and INVALID. */
export async function saveConnection(actor: TenantActor, raw: z.input<typeof SaveConnection>): Promise<void> {
  authorize(actor, "feed:manage");
  const { feed, values } = SaveConnection.parse(raw);
  await asTenant(actor.institutionId, async (tx) => {
    const { fields } = await sourceOfFeed(tx, { institutionId: actor.institutionId, feed });
    await writeFields(tx, actor, { feedId: feed, fields, values });
  });
}
