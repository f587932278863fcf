import { and, desc, eq, inArray, ne, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { lockRunStarts, nextRunNumber } from "@/db/run-starts";
import { environments, runs } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { emit } from "@/server/jobs/events";
import { OPEN_STATES, WAITING_STATES, WORKING_STATES } from "@/server/roster/run";
import { type FoundEnvironment, findRun, RunPlace, type RunRow } from "./place";

export const UndoRun = RunPlace.extend({
  /** Why; Production asks for it. */
  reason: z.string().trim().min(3).max(500).optional(),
  /** The person has read that a plan waits and is set aside for this. */
  setAside: z.boolean().default(false),
});

/**
 * Asks for the undo of a committed run: a run of its own that prepares the inverse of each change, to be reviewed and committed like
 * any. In Production it takes a reason, and automatic runs pause from now on. Throws CONFLICT with the plan that waits until it may be
 * set aside, INVALID without a reason, NOT_FOUND.
 */
export async function undoRun(actor: TenantActor, raw: z.input<typeof UndoRun>): Promise<{ number: number }> {
  authorize(actor, "run:commit");
  const input = UndoRun.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    await lockRunStarts(tx, actor.institutionId);
    const { run, environment } = await findRun(tx, actor, { ...input, lock: true });
    if (run.state !== "committed" || run.commitSeq === null) throw new AppError("CONFLICT", "Only what is committed can be undone");
    if (run.commitSeq <= environment.historyFromSeq) {
      throw new AppError("CONFLICT", "What this commit replaced is not kept any more, so it cannot be undone");
    }
    const asked = await knownUndo(tx, run);
    if (asked !== null) return { number: asked };
    if (environment.name === "production" && input.reason === undefined) {
      throw new AppError("INVALID", "Say why Production is turned back", { data: { fields: [{ path: ["reason"], message: "A reason" }] } });
    }
    await refuseBusy(tx, { environment, maySetAside: input.setAside });
    const number = await nextRunNumber(tx, actor.institutionId);
    const [made] = await tx
      .insert(runs)
      .values({
        institutionId: actor.institutionId,
        number,
        environmentId: environment.id,
        feedId: run.feedId,
        allFeeds: run.allFeeds,
        deliveryId: run.deliveryId,
        kind: "full",
        trigger: "undo",
        settingsVersion: run.settingsVersion,
        state: "queued",
        undoOf: run.id,
        undoReason: input.reason ?? null,
        startedBy: actor.accountId,
      })
      .returning({ id: runs.id });
    if (made === undefined) throw new Error("The run was not made");
    if (environment.name === "production") await pause(tx, actor, { environment, reason: input.reason ?? `Run ${run.number} is undone` });
    await audit(tx, actor, { verb: "run.undo", subject: `run ${number}`, detail: { undoes: run.number, environment: environment.name } });
    const data = { institutionId: actor.institutionId, runId: made.id };
    await emit(tx, { name: "run/requested", data, id: `run/requested:${made.id}` });
    return { number };
  });
}

/** An undo that is under way is shown, one that was committed is not asked for again. */
async function knownUndo(tx: Transaction, run: RunRow): Promise<number | null> {
  const [known] = await tx
    .select({ number: runs.number, state: runs.state })
    .from(runs)
    .where(
      and(eq(runs.institutionId, run.institutionId), eq(runs.undoOf, run.id), inArray(runs.state, ["queued", ...OPEN_STATES, "committed"])),
    )
    .orderBy(desc(runs.number))
    .limit(1);
  if (known?.state === "committed")
    throw new AppError("CONFLICT", `Run ${known.number} undid this already`, { data: { run: known.number } });
  return known?.number ?? null;
}

async function refuseBusy(tx: Transaction, of: { environment: FoundEnvironment; maySetAside: boolean }): Promise<void> {
  const { environment } = of;
  const here = and(eq(runs.institutionId, environment.institutionId), eq(runs.environmentId, environment.id));
  const [working] = await tx
    .select({ number: runs.number })
    .from(runs)
    .where(and(here, inArray(runs.state, [...WORKING_STATES])))
    .limit(1);
  if (working !== undefined) {
    throw new AppError("CONFLICT", `Run ${working.number} is under way here. Wait until it has ended.`, {
      data: { working: working.number },
    });
  }
  const [waiting] = await tx
    .select({ number: runs.number })
    .from(runs)
    .where(and(here, inArray(runs.state, [...WAITING_STATES]), ne(runs.trigger, "undo")))
    .limit(1);
  if (waiting !== undefined && !of.maySetAside) {
    throw new AppError("CONFLICT", `The plan of run ${waiting.number} waits here. It is set aside, and prepared again after the undo.`, {
      data: { waiting: waiting.number },
    });
  }
}

/** Whatever turned out wrong in Production must not be brought again by itself. */
async function pause(tx: Transaction, actor: TenantActor, of: { environment: FoundEnvironment; reason: string }): Promise<void> {
  await tx
    .update(environments)
    .set({ pausedAt: sql`coalesce(${environments.pausedAt}, now())`, pausedBy: actor.accountId, pausedReason: of.reason })
    .where(and(eq(environments.institutionId, actor.institutionId), eq(environments.id, of.environment.id)));
}
