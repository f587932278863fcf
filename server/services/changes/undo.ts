import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { undoChoice } from "@/db/plan";
import { choices } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { refuseDiscarded } from "@/server/services/runs/commit";
import { findRun, isWaiting, RunPlace } from "@/server/services/runs/place";
import { planRefOf } from "@/server/services/runs/plan-ref";
import { selectionOf } from "@/server/services/runs/selection";
import { counted } from "@/server/services/runs/words";
import type { Chosen } from "./choose";
import { recordChoice } from "./record-choice";

export const UndoChoice = RunPlace.extend({
  /** The version that the act made. */
  version: z.number().int().positive(),
});

/** Takes one act of choosing back, as the next selection version; what a later act decided stays. Throws NOT_FOUND, CONFLICT. */
export async function undoChoices(actor: TenantActor, raw: z.input<typeof UndoChoice>): Promise<Chosen> {
  authorize(actor, "run:choose");
  const input = UndoChoice.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const { run, environment } = await findRun(tx, actor, { ...input, lock: true });
    const plan = planRefOf(run, environment);
    if (plan === null || !isWaiting(run))
      throw new AppError("CONFLICT", "This plan is not open for choices any more", { data: { state: run.state } });
    await refuseDiscarded(tx, run);
    const ofAct = and(eq(choices.institutionId, run.institutionId), eq(choices.runId, run.id), eq(choices.version, input.version));
    const [act] = await tx.select().from(choices).where(ofAct);
    if (act === undefined) throw new AppError("NOT_FOUND", "There is nothing to undo at this version");
    if (act.undoneAt !== null) throw new AppError("CONFLICT", "This was undone already");
    const version = run.selectionVersion + 1;
    const changed = await undoChoice(tx, plan, { undone: input.version, version });
    await tx.update(choices).set({ undoneAt: new Date() }).where(ofAct);
    const chosen = await recordChoice(tx, actor, { run, plan, scope: { kind: "undo", version: input.version }, on: !act.isOn, changed });
    await audit(tx, actor, { verb: "run.undoChoice", subject: `run ${run.number}`, detail: { version, undone: input.version, changed } });
    const verb = act.isOn ? "left out" : "selected";
    return {
      version,
      statement: `Undone: ${counted(changed, ["change is", "changes are"])} ${verb} again.`,
      selection: await selectionOf(tx, chosen),
    };
  });
}
