import { and, desc, eq, isNull } from "drizzle-orm";
import type { z } from "zod";
import { choices } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import type { Entity } from "@/server/roster/entities";
import { type ByAction, type Part, parseRunCounts, plannedChanges } from "@/server/services/runs/counts";
import { namesOf } from "@/server/services/runs/people";
import { findRun, RunPlace } from "@/server/services/runs/place";
import { type Selection, selectionOf } from "@/server/services/runs/selection";

/** The facets of a plan: what it holds and what is on, by entity, part and action, from stored counts. */
export interface ChangeSummary {
  readonly planned: Record<Entity, ByAction>;
  readonly plannedParts: Record<Part, ByAction>;
  readonly selection: Selection;
  /** The newest act that can be undone. */
  readonly lastAct: { readonly version: number; readonly by: string | null; readonly at: Date } | null;
}

export async function summarizeChanges(actor: TenantActor, raw: z.input<typeof RunPlace>): Promise<ChangeSummary> {
  authorize(actor, "run:read");
  const input = RunPlace.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const { run } = await findRun(tx, actor, input);
    const counts = parseRunCounts(run.counts);
    const part = ({ archive, add, edit, reactivate, rekey }: ByAction): ByAction => ({ archive, add, edit, reactivate, rekey });
    const [act] = await tx
      .select()
      .from(choices)
      .where(and(eq(choices.institutionId, run.institutionId), eq(choices.runId, run.id), isNull(choices.undoneAt)))
      .orderBy(desc(choices.version))
      .limit(1);
    const nameOf = await namesOf(tx, [act?.accountId ?? null]);
    return {
      planned: plannedChanges(counts),
      plannedParts: { students: part(counts.people.students), teachers: part(counts.people.teachers), others: part(counts.people.others) },
      selection: await selectionOf(tx, run),
      lastAct: act === undefined ? null : { version: act.version, by: nameOf(act.accountId), at: act.at },
    };
  });
}
