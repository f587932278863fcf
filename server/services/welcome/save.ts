import { sql } from "drizzle-orm";
import type { z } from "zod";
import { welcomeSettings } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { faultsOfWords } from "@/server/roster/welcome";
import { WelcomeSettings } from "./settings";

/**
 * Keeps what welcome mails say, to whom they go and how fast. Mails that were not handed over yet are written by the new words.
 * Throws INVALID for words that stand for nothing, or that lead nowhere.
 */
export async function saveWelcome(actor: TenantActor, raw: z.input<typeof WelcomeSettings>): Promise<void> {
  authorize(actor, "feed:manage");
  const { subject, body, ...rest } = WelcomeSettings.parse(raw);
  const [fault] = faultsOfWords({ subject, body });
  if (fault !== undefined) throw new AppError("INVALID", fault);
  const said = { ...rest, subject: subject.trim(), body: body.trim(), updatedAt: sql`now()`, updatedBy: actor.accountId };
  await asTenant(actor.institutionId, async (tx) => {
    await tx
      .insert(welcomeSettings)
      .values({ institutionId: actor.institutionId, ...said })
      .onConflictDoUpdate({ target: welcomeSettings.institutionId, set: said });
    await audit(tx, actor, { verb: "welcome.save", subject: `institution ${actor.institutionId}`, detail: rest });
  });
}
