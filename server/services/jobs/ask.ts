import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "@/server/audit";
import type { Actor } from "@/server/auth/actor";
import { asTenant, asVendor, untenanted } from "@/server/database";
import { askRun } from "@/server/durable/ask";
import { AppError } from "@/server/errors";
import { log } from "@/server/log";

export const AskJob = z.object({ id: z.string().max(64), reason: z.string().trim().min(3).max(500) });

/** Asks for a run that failed or was cancelled to be run once more from its beginning. Throws NOT_FOUND, CONFLICT while it has not ended. */
export const retryJob = (actor: Actor, input: z.input<typeof AskJob>): Promise<void> => ask(actor, "retry", input);

/** Asks for a run to be cancelled: a step under way ends, but its result counts no more. Throws NOT_FOUND, CONFLICT when it has ended. */
export const cancelJob = (actor: Actor, input: z.input<typeof AskJob>): Promise<void> => ask(actor, "cancel", input);

async function ask(actor: Actor, verb: "retry" | "cancel", input: z.input<typeof AskJob>): Promise<void> {
  const { id, reason } = AskJob.parse(input);
  const [job] = await asVendor((tx) =>
    tx.execute<{ status: string; institutionId: string | null }>(sql`
      select status, institution as "institutionId" from durable.jobs where id = ${id}`),
  );
  if (job === undefined) throw new AppError("NOT_FOUND", "There is no such run of a function");
  const isActive = job.status === "queued" || job.status === "running";
  if (verb === "cancel" && !isActive) throw new AppError("CONFLICT", "This run has ended already");
  if (verb === "retry" && (isActive || job.status === "completed")) {
    throw new AppError("CONFLICT", "Only a run that failed or was cancelled can be run again");
  }
  const request = { verb, runId: id, reason, by: String(actor.accountId) } as const;
  if (job.institutionId === null) await untenanted((tx) => askRun(tx, request));
  else {
    const institutionId = Number(job.institutionId);
    await asTenant(institutionId, async (tx) => {
      await askRun(tx, request);
      await audit(tx, { kind: "staff", accountId: actor.accountId, institutionId }, { verb: `job.${verb}`, subject: `job ${id}` });
    });
  }
  log.info({ verb, job: id, account: actor.accountId }, "run of a function asked for by hand");
}
