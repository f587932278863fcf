import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { bringBack, bringBackAll, leaveOut, type PlanRef } from "@/db/plan";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import { refuseDiscarded, selectionMoved } from "@/server/services/runs/commit";
import { parseRunCounts, plannedChanges, sumOf } from "@/server/services/runs/counts";
import { findRun, isWaiting, RunPlace, type RunRow } from "@/server/services/runs/place";
import { planRefOf } from "@/server/services/runs/plan-ref";
import { type Selection, selectionOf } from "@/server/services/runs/selection";
import { conditionOf } from "./filter";
import { recordChoice } from "./record-choice";
import { ChoiceScope } from "./scope";
import { statementOf } from "./statement";

export const ChooseChanges = RunPlace.extend({
  /** The version that the person saw. */
  selectionVersion: z.number().int().min(0),
  scope: ChoiceScope,
  on: z.boolean(),
});

export interface Chosen {
  readonly version: number;
  /** What happened, in one sentence for the live region. */
  readonly statement: string;
  readonly selection: Selection;
}

/**
 * Turns changes on or off, with all that depends on them, as the next selection version. Throws STALE (somebody chose since
 * you looked), CONFLICT (the plan does not wait any more), NOT_FOUND.
 */
export async function chooseChanges(actor: TenantActor, raw: z.input<typeof ChooseChanges>): Promise<Chosen> {
  authorize(actor, "run:choose");
  const input = ChooseChanges.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const { run, environment } = await findRun(tx, actor, { ...input, lock: true });
    const plan = planRefOf(run, environment);
    if (plan === null || !isWaiting(run))
      throw new AppError("CONFLICT", "This plan is not open for choices any more", { data: { state: run.state } });
    await refuseDiscarded(tx, run);
    if (run.selectionVersion !== input.selectionVersion) throw await selectionMoved(tx, run, input.selectionVersion);
    const version = run.selectionVersion + 1;
    const was = await selectionOf(tx, run);
    const changed = await turn(tx, plan, { run, scope: input.scope, on: input.on, version });
    if (changed === 0) {
      return {
        version: run.selectionVersion,
        statement: statementOf({ scope: input.scope, on: input.on, changed, was, is: was }),
        selection: was,
      };
    }
    const chosen = await recordChoice(tx, actor, { run, plan, scope: input.scope, on: input.on, changed, onlyOff: !input.on });
    await audit(tx, actor, { verb: "run.choose", subject: `run ${run.number}`, detail: { version, on: input.on, changed } });
    const is = await selectionOf(tx, chosen);
    return { version, statement: statementOf({ scope: input.scope, on: input.on, changed, was, is }), selection: is };
  });
}

async function turn(
  tx: Transaction,
  plan: PlanRef,
  act: { run: RunRow; scope: ChoiceScope; on: boolean; version: number },
): Promise<number> {
  const { scope, on, version } = act;
  if (scope.kind === "all" && on) return bringBackAll(tx, plan, version);
  const planned = plannedChanges(parseRunCounts(act.run.counts));
  let changed = 0;
  for (const entity of ENTITIES) {
    const rows = sumOf(planned[entity]) === 0 ? null : conditionOfScope(plan, entity, { scope, on });
    if (rows === null) continue;
    changed += on
      ? await bringBack(tx, plan, { entity, rows, version })
      : await leaveOut(tx, plan, { entity, rows, cause: "person", version });
  }
  return changed;
}

function conditionOfScope(plan: PlanRef, entity: Entity, { scope, on }: { scope: ChoiceScope; on: boolean }) {
  switch (scope.kind) {
    case "all":
      return sql`true`;
    case "filter":
      // What is off is all that can be turned on, and cannot be turned off once more.
      if (scope.show === "off") return on ? conditionOf(plan, entity, { ...scope, show: "all" }) : null;
      return conditionOf(plan, entity, scope);
    case "rows": {
      const keys = scope.rows.filter((row) => row.entity === entity).map((row) => row.sourceKey);
      return keys.length === 0 ? null : sql`v.source_key in ${keys}`;
    }
    default:
      return scope satisfies never;
  }
}
