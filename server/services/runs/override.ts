import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { leaveOut, type PlanRef } from "@/db/plan";
import { runs } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { recordChoice } from "@/server/services/changes/record-choice";
import { findRun, RunPlace, type RunRow } from "./place";
import { planRefOf } from "./plan-ref";
import { type Selection, selectionOf } from "./selection";
import { type HoldReason, parseApprovals, type RunVerdict, verdictOf } from "./verdict";
import { rowsOf } from "./words";

export const OverrideRun = RunPlace.extend({
  /** The place of the reason in the verdict, from 0. */
  hold: z.number().int().min(0),
  /** Leave the held changes out and keep the rest, or let them pass this once. Waiting for a better file needs no word. */
  exit: z.enum(["leaveOut", "approve"]),
  /** The number that the hold names, typed by the person who lets it pass. */
  typedCount: z.number().int().min(0).optional(),
});

/** Takes one exit of one hold. The limit itself stays. Throws INVALID (wrong count), CONFLICT, NOT_FOUND. */
export async function overrideRun(
  actor: TenantActor,
  raw: z.input<typeof OverrideRun>,
): Promise<{ verdict: RunVerdict; selection: Selection }> {
  authorize(actor, "run:override");
  const input = OverrideRun.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const { run, environment } = await findRun(tx, actor, { ...input, lock: true });
    if (run.state !== "held") throw new AppError("CONFLICT", "This run is not held", { data: { state: run.state } });
    const reason = verdictOf(run, await selectionOf(tx, run))?.reasons[input.hold];
    if (reason === undefined) throw new AppError("NOT_FOUND", "There is no such hold");
    const plan = planRefOf(run, environment);
    if (plan === null) throw new Error("A held run without a plan");
    const changed =
      input.exit === "approve"
        ? await approve(tx, actor, { run, reason, hold: input.hold, typedCount: input.typedCount })
        : await leaveHeldOut(tx, actor, { run, reason, plan });
    await audit(tx, actor, {
      verb: "run.override",
      subject: `run ${run.number}`,
      detail: { hold: reason.kind, exit: input.exit, count: reason.count },
    });
    const selection = await selectionOf(tx, changed);
    const verdict = verdictOf(changed, selection);
    if (verdict === null) throw new Error("A held run without a verdict");
    return { verdict, selection };
  });
}

async function approve(
  tx: Transaction,
  actor: TenantActor,
  of: { run: RunRow; reason: HoldReason; hold: number; typedCount?: number | undefined },
): Promise<RunRow> {
  if (of.typedCount !== of.reason.count) {
    throw new AppError("INVALID", `Type ${rowsOf(of.reason.count)} to let them pass this once`, { data: { count: of.reason.count } });
  }
  const approvals = parseApprovals(of.run.override).filter((one) => one.hold !== of.hold);
  const [changed] = await tx
    .update(runs)
    .set({ override: [...approvals, { hold: of.hold, accountId: actor.accountId, at: new Date().toISOString() }], touchedAt: new Date() })
    .where(and(eq(runs.institutionId, of.run.institutionId), eq(runs.id, of.run.id)))
    .returning();
  if (changed === undefined) throw new Error("The run went away under its lock");
  return changed;
}

/** The actions that a hold is about. Rows in error and old files are in no plan: they can only be waited for or let pass. */
function heldRows(reason: HoldReason) {
  switch (reason.kind) {
    case "archive":
    case "empty":
      return sql`v.action = 'archive'`;
    case "edit":
      return sql`v.action in ('edit', 'rekey')`;
    case "errors":
    case "staleFile":
      return null;
    default:
      return reason.kind satisfies never;
  }
}

async function leaveHeldOut(tx: Transaction, actor: TenantActor, of: { run: RunRow; reason: HoldReason; plan: PlanRef }): Promise<RunRow> {
  const { run, reason, plan } = of;
  const rows = heldRows(reason);
  if (rows === null || reason.entity === null)
    throw new AppError("CONFLICT", "This hold is not about changes, so there is nothing to leave out");
  const version = run.selectionVersion + 1;
  const changed = await leaveOut(tx, plan, { entity: reason.entity, rows, cause: "person", version });
  return recordChoice(tx, actor, {
    run,
    plan,
    scope: { kind: "hold", hold: reason.kind, entity: reason.entity },
    on: false,
    changed,
    onlyOff: true,
  });
}
