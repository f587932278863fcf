import type { Permission } from "@/server/auth/permissions";
import type { FoundEnvironment, RunRow } from "./place";
import { isWorking } from "./stalled";
import type { RunVerdict } from "./verdict";

interface Standing {
  readonly run: RunRow;
  readonly environment: FoundEnvironment;
  readonly verdict: RunVerdict | null;
  can(permission: Permission): boolean;
}

/** Whether the reader may commit now, and if not, why in a sentence. The commit itself decides again. */
export function nextStep(of: Standing): { canCommit: boolean; whyNot: string | null } {
  const whyNot = reasonNot(of);
  return { canCommit: whyNot === null, whyNot };
}

function reasonNot({ run, environment, verdict, can }: Standing): string | null {
  if (run.state === "committed") return "This plan was committed.";
  if (run.state === "committing") return "This plan is being committed.";
  if (isWorking(run.state)) return "The plan is still being prepared.";
  if (run.state !== "ready" && run.state !== "held") return run.reason ?? "This run has ended.";
  if (run.baseSeq !== environment.headSeq) return movedSentence(run.baseSeq, environment.headSeq);
  const open = verdict?.reasons.filter((reason) => !reason.settled) ?? [];
  if (run.state === "held" && open.length > 0) return "Nothing is written while this run is held.";
  if (!can("run:commit")) return "Your role may look, not commit.";
  return null;
}

/** What moved, when a plan is stale. */
export const movedSentence = (baseSeq: number | null, headSeq: number): string =>
  `The roster moved from commit ${baseSeq ?? 0} to commit ${headSeq} since this plan was prepared. Prepare it again.`;
