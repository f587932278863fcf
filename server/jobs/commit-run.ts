import { and, eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { decisions, environments } from "@/db/schema";
import { audit } from "@/server/audit";
import { asEngine } from "@/server/database";
import { AppError } from "@/server/errors";
import { notify } from "@/server/notify/notify";
import { loadRenderer } from "@/server/notify/render";
import { endStalePromotions, noteRollback } from "@/server/services/promotions/supersede";
import { askWelcome } from "@/server/services/welcome/ask";
import { afterCommit } from "@/server/sync/after-commit";
import { commit } from "@/server/sync/commit";
import { contextOf } from "@/server/sync/context";
import { inngest } from "./client";
import { endRun } from "./end-run";
import { emit } from "./events";
import { type JobRun, runOf } from "./run-of";

/**
 * Does what a person (or the run's own auto-commit) decided. The decision is a row, read here: events only wake. Two
 * decisions, or a step that runs twice, commit once.
 */
export const commitRun = inngest.createFunction(
  {
    id: "commit-run",
    retries: 3,
    triggers: { event: "run/decided" },
    onFailure: async ({ event }) => giveUp(event.data.event.data),
  },
  async ({ event, step }) => {
    const acted = await step.run("act", () => act(event.data));
    if (acted.state === "committed") await step.run("after commit", () => tidyUp(event.data));
    return acted;
  },
);

type Acted = { state: "committed"; seq: number } | { state: "discarded" | "failed" | "nothing" };

async function act(data: unknown): Promise<Acted> {
  const run = await runOf(data);
  const decided = await asEngine(run.institutionId, (tx) =>
    tx
      .select()
      .from(decisions)
      .where(and(eq(decisions.institutionId, run.institutionId), eq(decisions.runId, run.id))),
  );
  const toCommit = decided.find((decision) => decision.verb === "commit");
  if (toCommit !== undefined) return committed(run, toCommit);
  if (!decided.some((decision) => decision.verb === "discard")) return { state: "nothing" };
  const { closed } = await endRun(run, { state: "discarded", reason: run.reason ?? "Discarded by a person" });
  return { state: closed ? "discarded" : "nothing" };
}

async function tidyUp(data: unknown): Promise<void> {
  const run = await runOf(data);
  await afterCommit(await contextOf(run.institutionId, run.id));
}

async function committed(run: JobRun, decision: { selectionVersion: number; accountId: number | null }): Promise<Acted> {
  const { institutionId } = run;
  await loadRenderer();
  try {
    const { seq } = await commit(await contextOf(institutionId, run.id), {
      selectionVersion: decision.selectionVersion,
      accountId: decision.accountId,
      inTransaction: async (tx) => {
        await tellPromotions(tx, run);
        await askWelcome(tx, { run });
        await audit(
          tx,
          { kind: kindOf(run, decision.accountId), accountId: decision.accountId, institutionId },
          { verb: "run.commit", subject: `run ${run.number}`, detail: { selectionVersion: decision.selectionVersion } },
        );
        await notify(tx, { runId: run.id, kind: "committed" });
        await emit(tx, { name: "run/ended", data: { institutionId, runId: run.id } });
      },
    });
    return { state: "committed", seq };
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    // A plan that may not be committed will not be by trying again: it ends, and says what moved.
    await endRun(run, { state: "failed", reason: cause.message, code: cause.code });
    return { state: "failed" };
  }
}

/** The drift that an approver accepted commits by itself in the approver's name: of the vendor, not of the institution. */
function kindOf(run: JobRun, accountId: number | null): "system" | "member" | "staff" {
  if (accountId === null) return "system";
  return run.acceptedDigest !== null && accountId === run.startedBy ? "staff" : "member";
}

/** A request about an older commit of Preview ends with this one; an undo of what a promotion brought rolls it back. */
async function tellPromotions(tx: Transaction, run: JobRun): Promise<void> {
  const { institutionId } = run;
  const [environment] = await tx
    .select({ name: environments.name, seq: environments.headSeq })
    .from(environments)
    .where(and(eq(environments.institutionId, institutionId), eq(environments.id, run.environmentId)));
  if (environment?.name === "preview") await endStalePromotions(tx, { institutionId, seq: environment.seq, run: run.number });
  if (run.undoOf !== null) await noteRollback(tx, { institutionId, undone: run.undoOf, run: run.number });
}

async function giveUp(data: unknown): Promise<void> {
  const run = await runOf(data);
  await endRun(run, {
    state: "failed",
    reason: "Something went wrong on our side while this run was committed. Nothing was changed.",
    code: "INTERNAL",
  });
}
