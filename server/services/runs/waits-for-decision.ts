import { and, eq } from "drizzle-orm";
import type { z } from "zod";
import { environments } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { commitsByItself } from "@/server/services/promotions/automatic";
import { findRun, RunPlace } from "./place";

/** Whether a plan that was asked to commit by itself stays `ready` all the same, because something else is to be decided first. */
export async function waitsForDecision(actor: TenantActor, raw: z.input<typeof RunPlace>): Promise<boolean> {
  authorize(actor, "run:read");
  const input = RunPlace.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const { run } = await findRun(tx, actor, input);
    const [environment] = await tx
      .select()
      .from(environments)
      .where(and(eq(environments.institutionId, run.institutionId), eq(environments.id, run.environmentId)));
    return run.state === "ready" && environment !== undefined && !(await commitsByItself(tx, { run, environment }));
  });
}
