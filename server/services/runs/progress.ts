import { and, asc, eq } from "drizzle-orm";
import type { z } from "zod";
import { runProgress } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import type { RunState } from "@/server/roster/run";
import { findRun, RunPlace } from "./place";
import { isStalled, lastSign } from "./stalled";

/** How far a run is, from the rows that its own steps write: a frozen worker freezes them. */
export interface RunProgress {
  readonly state: RunState;
  readonly stalled: boolean;
  readonly phases: readonly {
    readonly phase: string;
    readonly item: string;
    readonly done: number;
    readonly expected: number | null;
    readonly startedAt: Date;
    readonly endedAt: Date | null;
  }[];
  readonly heartbeatAt: Date | null;
  /** Milliseconds since the last sign of life. */
  readonly ageMs: number;
  readonly cancelRequested: boolean;
  readonly reason: string | null;
}

export async function runProgressOf(actor: TenantActor, raw: z.input<typeof RunPlace>): Promise<RunProgress> {
  authorize(actor, "run:read");
  const input = RunPlace.parse(raw);
  const now = new Date();
  return asTenant(actor.institutionId, async (tx) => {
    const { run } = await findRun(tx, actor, input);
    const phases = await tx
      .select({
        phase: runProgress.phase,
        item: runProgress.item,
        done: runProgress.done,
        expected: runProgress.expected,
        startedAt: runProgress.startedAt,
        endedAt: runProgress.endedAt,
      })
      .from(runProgress)
      .where(and(eq(runProgress.institutionId, actor.institutionId), eq(runProgress.runId, run.id)))
      .orderBy(asc(runProgress.startedAt), asc(runProgress.item));
    return {
      state: run.state,
      stalled: isStalled(run, now),
      phases,
      heartbeatAt: run.heartbeatAt,
      ageMs: Math.max(0, now.getTime() - lastSign(run).getTime()),
      cancelRequested: run.cancelRequestedAt !== null,
      reason: run.reason,
    };
  });
}
