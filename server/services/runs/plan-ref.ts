import type { PlanRef } from "@/db/plan";
import type { FoundEnvironment, RunRow } from "./place";

/** Where a run's versions lie: one above its base while it is open, at its commit afterwards; null when they went with the run, or since. */
export function planRefOf(run: RunRow, environment: FoundEnvironment): PlanRef | null {
  const seq = run.state === "committed" ? run.commitSeq : isOpen(run) && run.baseSeq !== null ? run.baseSeq + 1 : null;
  if (seq === null || seq <= environment.historyFromSeq) return null;
  return { institutionId: run.institutionId, environmentId: environment.id, bucket: environment.bucket, runId: run.id, seq };
}

const isOpen = (run: RunRow): boolean => run.state === "ready" || run.state === "held" || run.state === "committing";
