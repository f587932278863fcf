import { setTimeout as pause } from "node:timers/promises";
import type { TenantActor } from "@/server/auth/actor";
import { env, isEmbedded } from "@/server/env";
import { jobFunctions } from "@/server/jobs/functions";
import { type Jobs, startJobs } from "@/server/jobs/start";
import type { EnvironmentName } from "@/server/roster/run";
import { runProgressOf } from "@/server/services/runs/progress";
import { waitsForDecision } from "@/server/services/runs/waits-for-decision";

const LOOK_EVERY_MS = 200;
const WORKER_ANSWERS_MS = 1_000;

/**
 * Waits until a run's plan is prepared, committed where it was asked to be and may, or the run has ended. The worker does the work;
 * when none is there, this process runs the same functions until then.
 */
export async function untilEnded(actor: TenantActor, of: { environment: EnvironmentName; run: number; commits: boolean }): Promise<void> {
  const own = isEmbedded && !(await hasWorker()) ? await startJobs(jobFunctions, "http://127.0.0.1/api/inngest") : null;
  try {
    for (;;) {
      const place = { environment: of.environment, run: of.run };
      const { state } = await runProgressOf(actor, place);
      const isToCommit = of.commits && state === "ready" && !(await waitsForDecision(actor, place));
      if (!isPassing(state) && !isToCommit) return;
      await pause(LOOK_EVERY_MS);
    }
  } finally {
    await drained(own);
  }
}

const isPassing = (state: string): boolean => ["queued", "collecting", "loading", "checking", "comparing", "committing"].includes(state);

const drained = async (own: Jobs | null): Promise<void> => own?.drain();

/** Whether a worker answers on this machine. */
async function hasWorker(): Promise<boolean> {
  try {
    const url = `http://${env.ROLLCALL_HOST}:${env.ROLLCALL_WORKER_PORT}/api/health`;
    const response = await fetch(url, { signal: AbortSignal.timeout(WORKER_ANSWERS_MS) });
    return response.ok;
  } catch {
    return false;
  }
}
