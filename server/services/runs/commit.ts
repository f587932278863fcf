import { and, asc, eq, gt, isNull } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { choices, decisions, runs } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { emit } from "@/server/jobs/events";
import { supersedeByHand } from "@/server/services/promotions/supersede";
import { adoptTriedSettings } from "../configure/adopt";
import { movedSince } from "./moved-since";
import { movedSentence, nextStep } from "./next-step";
import { namesOf } from "./people";
import { type FoundEnvironment, findRun, isWaiting, RunPlace, type RunRow } from "./place";
import { selectionOf } from "./selection";
import { parseApprovals, verdictOf } from "./verdict";
import { counted } from "./words";

export const CommitRun = RunPlace.extend({
  /** The selection that the person saw: what was seen is what commits. */
  selectionVersion: z.number().int().min(0),
  /** "supersede", typed by a person who commits in Preview although the vendor has been asked about it. */
  typed: z.string().max(40).optional(),
});

/** `alreadyBy`: whose word it was, where somebody else's press came first. */
interface CommitAnswer {
  readonly state: "committing" | "committed";
  readonly alreadyBy?: string;
}

/**
 * Decides that a waiting plan is committed; the worker does it. A second press changes nothing and answers the same; one by
 * somebody else is told who was first. Throws STALE (a newer plan, the base or the selection moved, with who changed what), HELD,
 * CONFLICT, NOT_FOUND.
 */
export async function commitRun(actor: TenantActor, raw: z.input<typeof CommitRun>): Promise<CommitAnswer> {
  authorize(actor, "run:commit");
  const input = CommitRun.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const { run, environment } = await findRun(tx, actor, { ...input, lock: true });
    if (run.state === "committing" || run.state === "committed") return { state: run.state, ...(await whoWasFirst(tx, actor, run)) };
    await refuseUnless(tx, actor, { run, environment, selectionVersion: input.selectionVersion });
    if (environment.name === "preview") await supersedeByHand(tx, actor, { run: run.number, typed: input.typed });
    await tx.insert(decisions).values({
      institutionId: actor.institutionId,
      runId: run.id,
      verb: "commit",
      selectionVersion: run.selectionVersion,
      accountId: actor.accountId,
    });
    await tx
      .update(runs)
      .set({
        state: "committing",
        decidedBy: actor.accountId,
        heartbeatAt: new Date(),
        // A hold that is settled by what is left out is released by this decision, as an approved one is.
        override: run.state === "held" ? parseApprovals(run.override).map((one) => ({ ...one })) : run.override,
      })
      .where(and(eq(runs.institutionId, actor.institutionId), eq(runs.id, run.id)));
    await adoptTriedSettings(tx, run);
    await audit(tx, actor, { verb: "run.decide", subject: `run ${run.number}`, detail: { selectionVersion: run.selectionVersion } });
    await emit(tx, {
      name: "run/decided",
      data: { institutionId: actor.institutionId, runId: run.id },
      id: `run/decided:${run.id}:commit`,
    });
    return { state: "committing" };
  });
}

async function refuseUnless(
  tx: Transaction,
  actor: TenantActor,
  of: { run: RunRow; environment: FoundEnvironment; selectionVersion: number },
): Promise<void> {
  const { run, environment } = of;
  if (run.state === "superseded" || run.state === "setAside") throw await overtaken(tx, actor, { run, environment });
  if (!isWaiting(run))
    throw new AppError("CONFLICT", run.reason ?? "This run is not waiting for a decision", { data: { state: run.state } });
  if (run.baseSeq !== environment.headSeq) {
    const since = await movedSince(tx, run, environment);
    throw new AppError("STALE", [movedSentence(run.baseSeq, environment.headSeq), since].filter((said) => said !== null).join(" "), {
      data: { baseSeq: run.baseSeq, headSeq: environment.headSeq, ...feedToPrepare(actor, run) },
    });
  }
  await refuseDiscarded(tx, run);
  if (of.selectionVersion !== run.selectionVersion) throw await selectionMoved(tx, run, of.selectionVersion);
  const selection = await selectionOf(tx, run);
  const verdict = verdictOf(run, selection);
  const { whyNot } = nextStep({ run, environment, verdict, can: (permission) => actor.can(permission) });
  if (whyNot !== null) throw new AppError(run.state === "held" ? "HELD" : "CONFLICT", whyNot);
}

async function whoWasFirst(tx: Transaction, actor: TenantActor, run: RunRow): Promise<Pick<CommitAnswer, "alreadyBy">> {
  if (run.decidedBy === actor.accountId) return {};
  return { alreadyBy: (await namesOf(tx, [run.decidedBy]))(run.decidedBy) ?? "an automatic run" };
}

/** A newer plan stands where this one stood: what came between, and the feed of which another can be prepared. */
async function overtaken(
  tx: Transaction,
  actor: TenantActor,
  { run, environment }: { run: RunRow; environment: FoundEnvironment },
): Promise<AppError> {
  const said = [`${run.reason ?? "A newer plan took its place"}.`, await movedSince(tx, run, environment)];
  return new AppError("STALE", said.filter((each) => each !== null).join(" "), {
    data: { state: run.state, ...feedToPrepare(actor, run) },
  });
}

/** Only whoever may start a run is offered one. */
const feedToPrepare = (actor: TenantActor, run: RunRow): { feed?: number } => (actor.can("run:start") ? { feed: run.feedId } : {});

/** Between the word to discard and the worker's act the plan still stands; nobody may commit it any more. */
export async function refuseDiscarded(tx: Transaction, run: RunRow): Promise<void> {
  const discards = await tx.$count(
    decisions,
    and(eq(decisions.institutionId, run.institutionId), eq(decisions.runId, run.id), eq(decisions.verb, "discard")),
  );
  if (discards > 0) throw new AppError("CONFLICT", "This plan is being discarded");
}

/** "3 selections changed by J. Park since you opened this": what happened between the version presented and the one that stands. */
export async function selectionMoved(tx: Transaction, run: RunRow, presented: number): Promise<AppError> {
  const since = await tx
    .select()
    .from(choices)
    .where(
      and(
        eq(choices.institutionId, run.institutionId),
        eq(choices.runId, run.id),
        gt(choices.version, presented),
        isNull(choices.undoneAt),
      ),
    )
    .orderBy(asc(choices.version));
  const nameOf = await namesOf(
    tx,
    since.map((act) => act.accountId),
  );
  const changed = since.reduce((sum, act) => sum + act.changed, 0);
  const who = [...new Set(since.map((act) => nameOf(act.accountId) ?? "somebody"))];
  return new AppError(
    "STALE",
    `${counted(changed, ["selection", "selections"])} changed by ${who.join(" and ") || "somebody"} since you opened this`,
    {
      data: { version: run.selectionVersion, changed, by: who },
    },
  );
}
