import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { lockRunStarts, nextRunNumber } from "@/db/run-starts";
import { deliveries, environments, feeds, runs } from "@/db/schema";
import { audit } from "@/server/audit";
import { asEngine } from "@/server/database";
import { AppError } from "@/server/errors";
import { loadRenderer } from "@/server/notify/render";
import { usualSchools } from "@/server/services/organizations/mapping";
import { EMPTY_PLAN } from "@/server/services/promotions/drift";
import { type Mover, movePromotion } from "@/server/services/promotions/move";
import { bothEnvironments, findPromotion, type PromotionRow } from "@/server/services/promotions/place";
import { askWelcome } from "@/server/services/welcome/ask";
import { afterCommit } from "@/server/sync/after-commit";
import { contextOf } from "@/server/sync/context";
import { openSet } from "@/server/sync/open-set";
import { promote as promoteSnapshot } from "@/server/sync/promote";
import { inngest } from "./client";
import { endRun } from "./end-run";
import { emit } from "./events";
import { promotionOf } from "./promotion-of";
import { type JobRun, runOf } from "./run-of";

const ASKS_MAX = 25;
const ASK_EVERY = "3m";

/**
 * Applies an approved promotion: a Production run that brings the snapshot over and commits it in one transaction, and after it an
 * ordinary run of every feed's newest delivery, which commits by itself only if its changes are those that the approver accepted.
 */
export const promote = inngest.createFunction(
  {
    id: "promote",
    retries: 3,
    triggers: { event: "promotion/approved" },
    onFailure: async ({ event }) => giveUp(event.data.event.data, "Something went wrong on our side. Production was not changed."),
  },
  async ({ event, step }) => {
    const begun = await step.run("begin", () => begin(event.data));
    if (begun === null) return { state: "nothing" };
    for (let ask = 1; ; ask += 1) {
      const opened = await step.run(`open:${ask}`, () => open(event.data, begun));
      if (opened.state === "opened") break;
      if (opened.state === "moved") {
        await step.run("end", () => giveUp(event.data, movedSentence(opened.to)));
        return { state: "moved" };
      }
      if (ask === ASKS_MAX) {
        await step.run("end", () => giveUp(event.data, "Another run held Production for too long. Production was not changed."));
        return { state: "busy" };
      }
      await step.waitForEvent(`turn:${ask}`, {
        event: "run/ended",
        timeout: ASK_EVERY,
        if: "event.data.institutionId == async.data.institutionId",
      });
    }
    const applied = await step.run("apply", () => applySnapshot(event.data, begun));
    await step.run("after commit", () => tidyUp(begun));
    await step.run("newest deliveries", () => startNewest(event.data));
    return applied;
  },
);

interface Begun {
  readonly institutionId: number;
  readonly runId: string;
}

const systemOf = (institutionId: number): Mover => ({ side: "system", accountId: null, institutionId });

/** The run that will hold the snapshot in Production; null when the promotion was decided otherwise meanwhile. */
async function begin(data: unknown): Promise<Begun | null> {
  const known = await promotionOf(data);
  const { institutionId } = known;
  return asEngine(institutionId, async (tx) => {
    await lockRunStarts(tx, institutionId);
    const promotion = await findPromotion(tx, institutionId, known.number);
    if (promotion.state === "applying" && promotion.runId !== null) return { institutionId, runId: promotion.runId };
    if (promotion.state !== "approved") return null;
    const { preview, production } = await bothEnvironments(tx, institutionId);
    const [last] = await tx
      .select()
      .from(runs)
      .where(
        and(eq(runs.institutionId, institutionId), eq(runs.environmentId, preview.id), eq(runs.commitSeq, promotion.snapshotSeq ?? 0)),
      );
    if (last === undefined) throw new Error("A snapshot without the run that committed it");
    const runId = await addRun(tx, {
      institutionId,
      environmentId: production.id,
      feedId: last.feedId,
      allFeeds: true,
      deliveryId: last.deliveryId,
      kind: "full",
      trigger: "promotion",
      settingsVersion: promotion.settings[String(last.feedId)] ?? last.settingsVersion,
      state: "queued",
      startedBy: promotion.decidedBy,
    });
    await movePromotion(tx, systemOf(institutionId), { promotion, to: "applying", set: { runId } });
    return { institutionId, runId };
  });
}

type Opened = { state: "opened" | "busy" } | { state: "moved"; to: number };

/** Takes Production for the snapshot; `moved`: it is not where it was when the approver saw the difference. */
async function open(data: unknown, { institutionId, runId }: Begun): Promise<Opened> {
  const run = await runOf({ institutionId, runId });
  if (run.state === "committed") return { state: "opened" };
  const preview = await asEngine(institutionId, async (tx) => (await bothEnvironments(tx, institutionId)).preview);
  // A snapshot from partitions of its own gets such in Production too.
  const bytes = preview.bucket >= 1000 ? Number.MAX_SAFE_INTEGER : 0;
  const opening = await openSet(await contextOf(institutionId, runId), { bytes, isPatient: false });
  if (opening.outcome !== "opened") return { state: "busy" };
  const [{ baseSeq }, { productionSeq }] = await Promise.all([runOf({ institutionId, runId }), promotionOf(data)]);
  return baseSeq === null || baseSeq === productionSeq ? { state: "opened" } : { state: "moved", to: baseSeq };
}

const movedSentence = (seq: number): string =>
  `Production moved to commit ${seq} after the approval, so what was approved is not what would change. Production was not changed by it.`;

async function applySnapshot(data: unknown, { institutionId, runId }: Begun): Promise<{ seq: number }> {
  const promotion = await promotionOf(data);
  const run = await runOf({ institutionId, runId });
  await loadRenderer();
  const preview = await asEngine(institutionId, async (tx) => (await bothEnvironments(tx, institutionId)).preview);
  return promoteSnapshot(await contextOf(institutionId, runId), {
    snapshot: { environmentId: preview.id, bucket: preview.bucket, seq: promotion.snapshotSeq ?? 0 },
    settings: promotion.settings,
    accountId: promotion.decidedBy,
    inTransaction: (tx, { seq }) => goLive(tx, { promotion, run, seq }),
  });
}

/** What belongs to the moment in which Production changes. */
async function goLive(tx: Transaction, of: { promotion: PromotionRow; run: JobRun; seq: number }): Promise<void> {
  const { promotion, run, seq } = of;
  const { institutionId } = promotion;
  const now = await findPromotion(tx, institutionId, promotion.number);
  await movePromotion(tx, systemOf(institutionId), {
    promotion: now,
    to: "live",
    set: { liveAt: new Date() },
    text: `Run ${run.number} brought Preview commit ${promotion.snapshotSeq ?? 0} to Production as commit ${seq}`,
    detail: { run: run.number, seq },
  });
  await tx
    .update(environments)
    .set({ automaticAt: sql`coalesce(${environments.automaticAt}, now())`, pausedAt: null, pausedBy: null, pausedReason: null })
    .where(and(eq(environments.institutionId, institutionId), eq(environments.id, run.environmentId)));
  await audit(
    tx,
    { kind: "staff", accountId: promotion.decidedBy, institutionId },
    { verb: "run.commit", subject: `run ${run.number}`, detail: { promotion: promotion.number } },
  );
  await askWelcome(tx, { run, settings: promotion.settings });
  await emit(tx, { name: "run/ended", data: { institutionId, runId: run.id } });
}

async function tidyUp({ institutionId, runId }: Begun): Promise<void> {
  await afterCommit(await contextOf(institutionId, runId));
}

/** An ordinary run of each feed's newest delivery, with the drift that was accepted; without one, its word is "nothing". */
async function startNewest(data: unknown): Promise<{ runs: number }> {
  const promotion = await promotionOf(data);
  const { institutionId } = promotion;
  return asEngine(institutionId, async (tx) => {
    await lockRunStarts(tx, institutionId);
    const { production } = await bothEnvironments(tx, institutionId);
    const drift = await driftOf(tx, promotion);
    const usual = await usualSchools(tx, { institutionId });
    const known = await tx
      .select({ id: feeds.id, version: feeds.productionVersion })
      .from(feeds)
      .where(and(eq(feeds.institutionId, institutionId), isNull(feeds.disabledAt), inArray(feeds.id, feedIds(promotion))));
    let started = 0;
    for (const feed of known) {
      const [newest] = await tx
        .select({ id: deliveries.id })
        .from(deliveries)
        .where(and(eq(deliveries.institutionId, institutionId), eq(deliveries.feedId, feed.id), eq(deliveries.state, "ready")))
        .orderBy(desc(deliveries.finishedAt))
        .limit(1);
      if (newest === undefined || feed.version === null) continue;
      const isDrifting = feed.id === drift?.feedId;
      const again = await tx.$count(
        runs,
        and(
          eq(runs.institutionId, institutionId),
          eq(runs.environmentId, production.id),
          eq(runs.againOf, promotion.runId ?? ""),
          eq(runs.feedId, feed.id),
        ),
      );
      if (again > 0) continue;
      const runId = await addRun(tx, {
        institutionId,
        environmentId: production.id,
        feedId: feed.id,
        deliveryId: newest.id,
        kind: "full",
        trigger: "arrival",
        schools: isDrifting ? drift.schools : usual,
        settingsVersion: feed.version,
        state: "queued",
        reason: "The newest delivery, after going live",
        acceptedDigest: isDrifting ? promotion.driftDigest : EMPTY_PLAN,
        againOf: promotion.runId,
        startedBy: promotion.decidedBy,
      });
      await emit(tx, { name: "run/requested", data: { institutionId, runId }, id: `run/requested:${runId}` });
      started += 1;
    }
    return { runs: started };
  });
}

const feedIds = (promotion: PromotionRow): number[] => Object.keys(promotion.settings).map(Number);

/** The feed whose plan was the accepted drift, and the schools that it was over. */
async function driftOf(tx: Transaction, promotion: PromotionRow): Promise<Pick<JobRun, "feedId" | "schools"> | null> {
  if (promotion.driftRunId === null) return null;
  const [run] = await tx
    .select({ feedId: runs.feedId, schools: runs.schools })
    .from(runs)
    .where(and(eq(runs.institutionId, promotion.institutionId), eq(runs.id, promotion.driftRunId)));
  return run ?? null;
}

async function addRun(tx: Transaction, values: Omit<typeof runs.$inferInsert, "number">): Promise<string> {
  const number = await nextRunNumber(tx, values.institutionId);
  const [made] = await tx
    .insert(runs)
    .values({ ...values, number })
    .returning({ id: runs.id, number: runs.number });
  if (made === undefined) throw new AppError("UNAVAILABLE", "The run was not made");
  await audit(
    tx,
    { kind: "system", accountId: null, institutionId: values.institutionId },
    { verb: "run.start", subject: `run ${made.number}`, detail: { trigger: values.trigger } },
  );
  return made.id;
}

/** What could not be applied goes back to people, with the reason; Production is as it was. */
async function giveUp(data: unknown, reason: string): Promise<void> {
  const promotion = await promotionOf(data);
  const { institutionId } = promotion;
  if (promotion.state !== "approved" && promotion.state !== "applying") return;
  await loadRenderer();
  if (promotion.runId !== null) {
    await endRun(await runOf({ institutionId, runId: promotion.runId }), { state: "failed", reason, code: "INTERNAL" });
  }
  await asEngine(institutionId, async (tx) => {
    const now = await findPromotion(tx, institutionId, promotion.number);
    if (now.state !== "approved" && now.state !== "applying") return;
    await movePromotion(tx, systemOf(institutionId), { promotion: now, to: "changesAsked", text: reason });
  });
}
