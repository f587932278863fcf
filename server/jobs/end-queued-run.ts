import { inngest } from "./client";
import { CANCELLED, endRun } from "./end-run";
import { runOf } from "./run-of";

/**
 * Ends a cancelled run that still waits for its environment: nothing of it is at work that could notice. One that is at work
 * notices at its next slice; when it began between the two, its rows go with it.
 */
export const endQueuedRun = inngest.createFunction(
  { id: "end-queued-run", retries: 5, triggers: { event: "run/cancelled" } },
  async ({ event, step }) => step.run("end", () => endIfQueued(event.data)),
);

async function endIfQueued(data: unknown): Promise<{ closed: boolean }> {
  const run = await runOf(data);
  return run.state === "queued" ? endRun(run, CANCELLED) : { closed: false };
}
