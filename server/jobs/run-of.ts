import { and, eq } from "drizzle-orm";
import { NonRetriableError } from "inngest";
import { runs } from "@/db/schema";
import { asEngine } from "@/server/database";
import { log } from "@/server/log";
import { EVENTS } from "./events";

export type JobRun = typeof runs.$inferSelect;

/**
 * The run that an event names, looked up inside the event's institution. An event whose run belongs to another one is forged
 * or broken: it is told to the log and never retried (T28).
 */
export async function runOf(data: unknown): Promise<JobRun> {
  const { institutionId, runId } = EVENTS["run/requested"].parse(data);
  const [run] = await asEngine(institutionId, (tx) =>
    tx
      .select()
      .from(runs)
      .where(and(eq(runs.institutionId, institutionId), eq(runs.id, runId))),
  );
  if (run === undefined) {
    log.error({ institutionId, runId, alert: true }, "an event names a run that its institution does not have");
    throw new NonRetriableError("This institution has no such run");
  }
  return run;
}
