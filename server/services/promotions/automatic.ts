import { and, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { environments, promotions } from "@/db/schema";
import type { RunRow } from "@/server/services/runs/place";
import { planRefOf } from "@/server/services/runs/plan-ref";
import { planDigest } from "./drift";
import type { EnvironmentRow } from "./place";

/** The environment of a run, held so that nobody asks the vendor meanwhile. Take it before the run's own row. */
export async function holdEnvironment(tx: Transaction, run: Pick<RunRow, "institutionId" | "environmentId">): Promise<EnvironmentRow> {
  const [environment] = await tx
    .select()
    .from(environments)
    .where(and(eq(environments.institutionId, run.institutionId), eq(environments.id, run.environmentId)))
    .for("share");
  if (environment === undefined) throw new Error("A run without its environment");
  return environment;
}

/**
 * Whether a plan that nothing holds may be committed without a press. In Preview not while the vendor decides about what is there; in
 * Production not while automatic runs are paused; and a run that follows a promotion only if its changes are exactly those that the
 * approver accepted.
 */
export async function commitsByItself(tx: Transaction, of: { run: RunRow; environment: EnvironmentRow }): Promise<boolean> {
  const { run, environment } = of;
  if (environment.name === "preview") {
    const undecided = await tx.$count(promotions, and(eq(promotions.institutionId, run.institutionId), eq(promotions.state, "requested")));
    return undecided === 0 && run.autoCommit;
  }
  const isPressed = run.trigger === "person" || run.trigger === "command";
  if (environment.pausedAt !== null && !isPressed) return false;
  if (run.acceptedDigest === null) return run.autoCommit;
  const plan = planRefOf(run, environment);
  return plan !== null && (await planDigest(tx, plan)) === run.acceptedDigest;
}
