import { z } from "zod";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { asOfHead } from "@/server/services/roster/place";
import { parseRunCounts, plannedChanges, sumOf, totalOf } from "@/server/services/runs/counts";
import { findRun, isWaiting, RunPlace } from "@/server/services/runs/place";
import { planRefOf } from "@/server/services/runs/plan-ref";
import { type Selection, selectionOf } from "@/server/services/runs/selection";
import { readCursor, writeCursor } from "./cursor";
import { type ChangeRow, describeChanges } from "./describe";
import { ChangeFilter } from "./filter";
import { pageOfChanges } from "./page";
import { refusedChanges } from "./refused";

export const ListChanges = RunPlace.extend(ChangeFilter.shape).extend({
  /** `nextCursor` of the page before. */
  after: z.string().max(200).nullish(),
  limit: z.number().int().min(1).max(200).default(50),
});

export interface ChangeList {
  readonly rows: readonly ChangeRow[];
  readonly nextCursor: string | null;
  /** Changes of the whole plan, and how many of them are on. */
  readonly total: number;
  readonly totalOn: number;
  readonly selection: Selection;
  /** False once the run ended without a commit: its rows went with it, its counts stay. */
  readonly isKept: boolean;
}

/** One page of a plan's changes, archives first. Throws NOT_FOUND, INVALID for a cursor that no page gave. */
export async function listChanges(actor: TenantActor, raw: z.input<typeof ListChanges>): Promise<ChangeList> {
  authorize(actor, "run:read");
  const input = ListChanges.parse(raw);
  return asTenant(actor.institutionId, async (tx) => {
    const { run, environment } = await findRun(tx, actor, input);
    const plan = planRefOf(run, environment);
    const planned = plannedChanges(parseRunCounts(run.counts));
    const selection = await selectionOf(tx, run);
    const totals = { total: sumOf(totalOf(planned)), totalOn: sumOf(selection.on), selection };
    const isOver = !isWaiting(run) && run.state !== "committing";
    if (isOver && input.show === "off") {
      const refused = await refusedChanges(tx, {
        run,
        asOf: asOfHead(environment),
        filter: input,
        after: input.after ?? null,
        limit: input.limit,
        timeZone: actor.institution.timeZone,
      });
      return { ...refused, ...totals, isKept: plan !== null };
    }
    if (plan === null) return { rows: [], nextCursor: null, ...totals, isKept: false };
    const after = input.after ? readCursor(input.after) : null;
    const found = await pageOfChanges(tx, plan, { filter: input, after, limit: input.limit, planned, off: selection.off });
    const page = found.slice(0, input.limit);
    const last = page.at(-1);
    return {
      rows: await describeChanges(tx, { plan, run, environment: environment.name, rows: page, timeZone: actor.institution.timeZone }),
      nextCursor: found.length > input.limit && last !== undefined ? writeCursor(last) : null,
      ...totals,
      isKept: true,
    };
  });
}
