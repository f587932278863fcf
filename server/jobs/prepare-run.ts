import { and, eq, sql } from "drizzle-orm";
import { decisions, deliveryFiles, runs } from "@/db/schema";
import { audit } from "@/server/audit";
import { asEngine } from "@/server/database";
import { notify } from "@/server/notify/notify";
import type { Entity } from "@/server/roster/entities";
import { commitsByItself, holdEnvironment } from "@/server/services/promotions/automatic";
import { check } from "@/server/sync/check";
import { compare } from "@/server/sync/compare";
import { contextOf } from "@/server/sync/context";
import { Cancelled } from "@/server/sync/fence";
import { loadDelivery } from "@/server/sync/load";
import { openSet } from "@/server/sync/open-set";
import { revert } from "@/server/sync/revert";
import { inngest } from "./client";
import { type Collected, collect } from "./collect";
import { CANCELLED, endRun } from "./end-run";
import { emit } from "./events";
import { withReading } from "./open-reading";
import { type JobRun, runOf } from "./run-of";
import { RunRefused, type StepResult, stepResult } from "./step-result";

/** How often a run asks for its environment while another one works there, and how long it waits in between. */
const ASKS_MAX = 25;
const ASK_EVERY = "3m";

/**
 * Turns a delivery into a plan that people review: queued → collecting → loading → checking → comparing → ready or held.
 * Each step takes ids and gives back ids and counts; each is safe to run twice, since the engine begins it afresh.
 */
export const prepareRun = inngest.createFunction(
  {
    id: "prepare-run",
    retries: 3,
    triggers: { event: "run/requested" },
    onFailure: async ({ event }) => giveUp(event.data.event.data),
  },
  async ({ event, step }) => {
    const ended = async (result: Exclude<StepResult<unknown>, { outcome: "done" }>) => step.run("end", () => endAfter(event.data, result));

    let undoes = false;
    for (let ask = 1; ; ask += 1) {
      const opened = await step.run(`open:${ask}`, () => open(event.data, ask));
      if (opened.outcome !== "done") return ended(opened);
      if (opened.value.state === "opened") {
        undoes = opened.value.undoes;
        break;
      }
      if (ask === ASKS_MAX)
        return ended({ outcome: "refused", code: "ENVIRONMENT_BUSY", reason: "Another run held this environment for too long" });
      if (opened.value.state === "touched") await step.sleepUntil(`people:${ask}`, opened.value.until);
      else
        await step.waitForEvent(`turn:${ask}`, {
          event: "run/ended",
          timeout: ASK_EVERY,
          if: "event.data.institutionId == async.data.institutionId",
        });
    }

    if (undoes) {
      const reverted = await step.run("revert", () => reverting(event.data));
      if (reverted.outcome !== "done") return ended(reverted);
      const told = await step.run("announce", () => announce(event.data));
      return told.outcome === "cancelled" ? ended(told) : told;
    }
    const collected = await step.run("collect", () => collecting(event.data));
    if (collected.outcome !== "done") return ended(collected);
    const { deliveries } = collected.value;
    for (const [index, { delivery, entities }] of deliveries.entries()) {
      const position = index + 1;
      const loaded = await step.run(`load:${position}`, () =>
        load(event.data, { position, delivery, entities, deliveries: deliveries.length }),
      );
      if (loaded.outcome !== "done") return ended(loaded);
    }
    const checked = await step.run("check", () => checking(event.data));
    if (checked.outcome !== "done") return ended(checked);
    const compared = await step.run("compare", () => comparing(event.data));
    if (compared.outcome !== "done") return ended(compared);
    const announced = await step.run("announce", () => announce(event.data));
    return announced.outcome === "cancelled" ? ended(announced) : announced;
  },
);

type Opened = { state: "opened"; undoes: boolean } | { state: "busy"; run: number } | { state: "touched"; until: string };

/** Runs that nobody pressed a button for yield once to a person who looks at the waiting plan (R38). */
async function open(data: unknown, ask: number): Promise<StepResult<Opened>> {
  const run = await runOf(data);
  return stepResult(async (): Promise<Opened> => {
    refuseCancelled(run);
    const context = await contextOf(run.institutionId, run.id);
    const isAutomatic = run.trigger === "arrival" || run.trigger === "schedule";
    const opening = await openSet(context, { bytes: await bytesOf(run), isPatient: isAutomatic && ask === 1 });
    switch (opening.outcome) {
      case "opened":
        return { state: "opened", undoes: run.undoOf !== null };
      case "busy":
        return { state: "busy", run: opening.number };
      case "touched":
        return { state: "touched", until: opening.until.toISOString() };
      default:
        return opening satisfies never;
    }
  });
}

/** How large the delivery is that the run was asked for: what decides where a first load lands. */
async function bytesOf(run: JobRun): Promise<number> {
  const [sum] = await asEngine(run.institutionId, (tx) =>
    tx
      .select({ bytes: sql<string>`coalesce(sum(${deliveryFiles.bytes}), 0)` })
      .from(deliveryFiles)
      .where(
        and(
          eq(deliveryFiles.institutionId, run.institutionId),
          eq(deliveryFiles.deliveryId, run.deliveryId),
          eq(deliveryFiles.role, "kept"),
        ),
      ),
  );
  return Number(sum?.bytes ?? 0);
}

async function collecting(data: unknown): Promise<StepResult<{ deliveries: readonly Collected[] }>> {
  const run = await runOf(data);
  return stepResult(async () => {
    refuseCancelled(run);
    return { deliveries: await collect(await contextOf(run.institutionId, run.id), run) };
  });
}

/** One step for all files, since each opening of a delivery reads them through; after a crash those that were loaded stay so. */
async function load(
  data: unknown,
  part: { position: number; delivery: string; entities: readonly Entity[]; deliveries: number },
): Promise<StepResult<{ read: number; rejected: number; known: number }>> {
  const run = await runOf(data);
  return stepResult(async () => {
    refuseCancelled(run);
    const context = await contextOf(run.institutionId, run.id);
    return withReading(run, part.delivery, async ({ readers }) => {
      if (!part.entities.every((entity) => readers.some((reader) => reader.entity === entity)))
        throw new RunRefused("NOTHING_TO_LOAD", "A file that was recognised cannot be read any more");
      return loadDelivery(context, readers, { position: part.position, deliveries: part.deliveries });
    });
  });
}

async function checking(data: unknown): Promise<StepResult<null>> {
  const run = await runOf(data);
  return stepResult(async () => {
    refuseCancelled(run);
    const { refused } = await check(await contextOf(run.institutionId, run.id));
    if (refused !== null) throw new RunRefused(refused.code, refused.detail);
    return null;
  });
}

async function comparing(data: unknown): Promise<StepResult<{ state: "ready" | "held" }>> {
  const run = await runOf(data);
  return stepResult(async () => {
    refuseCancelled(run);
    const { state } = await compare(await contextOf(run.institutionId, run.id));
    return { state };
  });
}

/** Of an undo: the inverses of what it turns back take the place of everything that a delivery brings. */
async function reverting(data: unknown): Promise<StepResult<{ state: "ready" | "held" }>> {
  const run = await runOf(data);
  return stepResult(async () => {
    refuseCancelled(run);
    const { state } = await revert(await contextOf(run.institutionId, run.id));
    return { state };
  });
}

/** Tells people, or commits by itself what was asked to be: never a plan that is held. */
async function announce(data: unknown): Promise<StepResult<{ state: string }>> {
  const run = await runOf(data);
  if (run.state !== "ready" && run.state !== "held") return { outcome: "lost" };
  if (run.cancelRequestedAt !== null) return { outcome: "cancelled" };
  const kind = run.state;
  if (kind === "ready" && (run.autoCommit || run.acceptedDigest !== null)) {
    const state = await decideItself(run);
    if (state !== "ready") return { outcome: "done", value: { state } };
  }
  // No lock: a mail takes its time, and whoever has seen the plan may choose and commit meanwhile.
  await asEngine(run.institutionId, (tx) => notify(tx, { runId: run.id, kind }));
  return { outcome: "done", value: { state: kind } };
}

/**
 * The decision of a run that was started with auto-commit, or whose plan an approver accepted, in the name of who started it. Somebody
 * may have decided first; and what must wait stays `ready`.
 */
async function decideItself(known: JobRun): Promise<string> {
  return asEngine(known.institutionId, async (tx) => {
    const ofRun = and(eq(runs.institutionId, known.institutionId), eq(runs.id, known.id));
    const environment = await holdEnvironment(tx, known);
    const [run] = await tx.select().from(runs).where(ofRun).for("update");
    if (run === undefined || run.state !== "ready") return run?.state ?? "gone";
    if (!(await commitsByItself(tx, { run, environment }))) return run.state;
    const { institutionId, id: runId, startedBy } = run;
    await tx
      .insert(decisions)
      .values({ institutionId, runId, verb: "commit", selectionVersion: run.selectionVersion, accountId: startedBy })
      .onConflictDoNothing();
    await tx.update(runs).set({ state: "committing", decidedBy: startedBy, heartbeatAt: sql`clock_timestamp()` }).where(ofRun);
    await audit(
      tx,
      { kind: "system", accountId: startedBy, institutionId },
      { verb: "run.decide", subject: `run ${run.number}`, detail: { autoCommit: true } },
    );
    await emit(tx, { name: "run/decided", data: { institutionId, runId } });
    return "committing";
  });
}

/** Ends a run that a step could not take further. What another process took over is that process's to end. */
async function endAfter(data: unknown, result: Exclude<StepResult<unknown>, { outcome: "done" }>): Promise<{ state: string }> {
  const run = await runOf(data);
  switch (result.outcome) {
    case "cancelled":
      await endRun(run, CANCELLED);
      return { state: "discarded" };
    case "lost":
      return { state: "lost" };
    case "refused":
      await endRun(run, { state: "failed", reason: result.reason, code: result.code });
      return { state: "failed" };
    default:
      return result satisfies never;
  }
}

/** After the last retry: the run says that it failed, and those who can do something are told. */
async function giveUp(data: unknown): Promise<void> {
  const run = await runOf(data);
  await endRun(run, {
    state: "failed",
    reason: "Something went wrong on our side while this run was prepared. Nothing was changed.",
    code: "INTERNAL",
  });
}

function refuseCancelled(run: JobRun): void {
  if (run.cancelRequestedAt !== null) throw new Cancelled();
}
