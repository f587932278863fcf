import type { z } from "zod";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { writeSettings } from "@/server/services/feeds/write-settings";
import { startRun } from "@/server/services/runs/start";
import { ChosenOptions, draftWith, isSameSettings, lockFeed, refuseWhileWorking } from "./options";
import { triedVersion } from "./save";

/**
 * Shows what these options would change, before they are saved: the newest delivery is compared with Preview once more under
 * them, as a plan that nobody has to commit. Nothing points to them until they are saved, or until that plan is committed.
 * Throws INVALID where nothing is set anew, CONFLICT while a run works, NOT_FOUND without a delivery, TOO_MANY.
 */
export async function tryOptions(actor: TenantActor, raw: z.input<typeof ChosenOptions>): Promise<{ run: number }> {
  authorize(actor, "feed:manage");
  authorize(actor, "run:start");
  const input = ChosenOptions.parse(raw);
  const version = await asTenant(actor.institutionId, async (tx) => {
    const feed = await lockFeed(tx, actor, input.feed);
    await refuseWhileWorking(tx, feed);
    const { before, after } = await draftWith(tx, feed, input.options);
    if (isSameSettings(before, after)) throw new AppError("INVALID", "Set something anew first: these options are the saved ones");
    const known = await triedVersion(tx, actor, { feed, settings: after });
    if (known !== null) return known;
    const written = await writeSettings(tx, actor, { feedId: feed.id, settings: after });
    await audit(tx, actor, { verb: "feed.tryOptions", subject: `feed ${feed.id}`, detail: { version: written } });
    return written;
  });
  // Full: a quick run would trust lines that were read under the old options.
  const { number } = await startRun(
    actor,
    { environment: "preview", feed: input.feed, kind: "full", autoCommit: false },
    { settingsVersion: version },
  );
  return { run: number };
}
