import type { Transaction } from "@/db/client";
import { audit } from "@/server/audit";
import { notify } from "@/server/notify/notify";
import { loadRenderer } from "@/server/notify/render";
import { contextOf } from "@/server/sync/context";
import { type ClosedState, closeSet } from "@/server/sync/open-set";
import { emit } from "./events";
import type { JobRun } from "./run-of";

/** How a run ends that somebody asked to stop. */
export const CANCELLED = {
  state: "discarded",
  reason: "Cancelled while it was being prepared; nothing was changed",
  code: "CANCELLED",
} as const;

/**
 * Ends a run without a commit: what it had landed goes, its report stays, a failure and an expiry are told, and whoever waits for the
 * environment hears of it; all in one transaction. Does nothing to a run that has ended.
 */
export async function endRun(
  run: JobRun,
  how: { readonly state: ClosedState; readonly reason: string; readonly code?: string },
): Promise<{ closed: boolean }> {
  if (how.state === "failed" || how.state === "expired") await loadRenderer();
  const context = await contextOf(run.institutionId, run.id);
  return closeSet(context, {
    ...how,
    inTransaction: async (tx: Transaction) => {
      await audit(
        tx,
        { kind: "system", accountId: null, institutionId: run.institutionId },
        { verb: `run.${how.state}`, subject: `run ${run.number}`, detail: { code: how.code ?? null } },
      );
      if (how.state === "failed" || how.state === "expired") await notify(tx, { runId: run.id, kind: how.state });
      await emit(tx, { name: "run/ended", data: { institutionId: run.institutionId, runId: run.id } });
    },
  });
}
