import { and, eq } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { environments, runs } from "@/db/schema";
import type { TenantActor } from "@/server/auth/actor";
import { AppError } from "@/server/errors";
import { ENVIRONMENTS, type EnvironmentName, WAITING_STATES } from "@/server/roster/run";

/** Names an environment of the institution at hand, as addresses do. */
export const EnvironmentPlace = z.object({ environment: z.enum(ENVIRONMENTS) });
/** Names a run by the number that people see. */
export const RunPlace = EnvironmentPlace.extend({ run: z.number().int().positive() });

/** An environment as queries of live data need it: every one of them names the environment and its bucket. */
export interface FoundEnvironment {
  readonly id: number;
  readonly institutionId: number;
  readonly name: EnvironmentName;
  readonly bucket: number;
  readonly headSeq: number;
  /** Commits up to this one cannot be shown change by change nor undone: what they replaced is not kept. */
  readonly historyFromSeq: number;
  readonly committedAt: Date | null;
  readonly counts: unknown;
}

export type RunRow = typeof runs.$inferSelect;

/** Throws NOT_FOUND. */
export async function findEnvironment(
  tx: Transaction,
  actor: Pick<TenantActor, "institutionId">,
  name: EnvironmentName,
): Promise<FoundEnvironment> {
  const [found] = await tx
    .select()
    .from(environments)
    .where(and(eq(environments.institutionId, actor.institutionId), eq(environments.name, name)));
  if (found === undefined) throw new AppError("NOT_FOUND", "There is no such environment");
  return found;
}

/**
 * The run and its environment, as of one moment: no report shows a commit beside a head that has not heard of it. `lock` holds the run's
 * row until the transaction ends, so that two deciders come one after the other; the environment is then read behind the lock. Throws
 * NOT_FOUND.
 */
export async function findRun(
  tx: Transaction,
  actor: TenantActor,
  at: { environment: EnvironmentName; run: number; lock?: true },
): Promise<{ run: RunRow; environment: FoundEnvironment }> {
  const query = tx
    .select({ run: runs, environment: environments })
    .from(runs)
    .innerJoin(environments, and(eq(environments.institutionId, runs.institutionId), eq(environments.id, runs.environmentId)))
    .where(and(eq(runs.institutionId, actor.institutionId), eq(environments.name, at.environment), eq(runs.number, at.run)));
  const [found] = await (at.lock === true ? query.for("update", { of: runs }) : query);
  if (found === undefined) throw new AppError("NOT_FOUND", `There is no run ${at.run} here`);
  return at.lock === true ? { run: found.run, environment: await findEnvironment(tx, actor, at.environment) } : found;
}

export const isWaiting = (run: RunRow): boolean => WAITING_STATES.some((state) => state === run.state);
