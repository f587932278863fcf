import { type SQL, sql } from "drizzle-orm";

/** What people may ask of a run from outside the executor. */
export interface RunRequest {
  readonly verb: "cancel" | "retry";
  readonly runId: string;
  /** Why, in the words of whoever asks; kept with the run. */
  readonly reason: string;
  /** Who asks, as an account id. */
  readonly by: string;
}

/**
 * Asks the executor, in the caller's transaction, to cancel a run or to run it once more from its beginning with the same
 * events. The executor acts after the commit; a run that has ended (cancel) or has not (retry) is left alone.
 */
export async function askRun(tx: { execute(query: SQL): PromiseLike<unknown> }, request: RunRequest): Promise<void> {
  await tx.execute(sql`select durable.ask(${request.verb}::text, ${request.runId}::text, ${request.reason}::text, ${request.by}::text)`);
}
