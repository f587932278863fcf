import { z } from "zod";
import type { HandOffActor } from "@/server/auth/hand-off";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { sourceOfFeed } from "@/server/services/connections/get";
import { FieldValues } from "@/server/services/connections/save";
import { writeFields } from "@/server/services/connections/write-fields";

export const EnterHandOff = z.object({ values: FieldValues });

/** Keeps what the colleague typed in for the link's own feed; a secret goes in and never comes out. Throws CONFLICT once done, INVALID. */
export async function enterHandOff(actor: HandOffActor, raw: z.input<typeof EnterHandOff>): Promise<void> {
  const { values } = EnterHandOff.parse(raw);
  const { feed, doneAt } = actor.handOff;
  if (doneAt !== null) throw new AppError("CONFLICT", "This step is done; there is nothing left to do here");
  await asTenant(actor.institutionId, async (tx) => {
    const { fields } = await sourceOfFeed(tx, { institutionId: actor.institutionId, feed: feed.id });
    await writeFields(tx, actor, { feedId: feed.id, fields, values });
  });
}
