import { z } from "zod";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { changeReading } from "./change-reading";
import { waitingPlan } from "./set-mode";

export const SetReading = z.object({
  feed: z.number().int().positive(),
  /** `windows-1252`; null: Unicode only, as without the setting. */
  encoding: z.string().trim().min(1).max(40).nullable().optional(),
  dateOrder: z.enum(["MDY", "DMY"]).nullable().optional(),
});

/** Says how the feed's files are read; what is not named stays. */
export async function setReading(
  actor: TenantActor,
  raw: z.input<typeof SetReading>,
): Promise<{ version: number; prepareAgain: { run: number; delivery: string } | null }> {
  authorize(actor, "feed:manage");
  const input = SetReading.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const { version } = await changeReading(tx, actor, {
      feed: input.feed,
      verb: "feed.setReading",
      to: (reading) => ({
        ...reading,
        encoding: input.encoding === undefined ? reading.encoding : input.encoding,
        dateOrder: input.dateOrder === undefined ? reading.dateOrder : input.dateOrder,
      }),
    });
    return { version, prepareAgain: await waitingPlan(tx, actor, input.feed) };
  });
}
