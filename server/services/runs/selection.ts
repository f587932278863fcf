import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { read, SqlCount } from "@/db/read";
import { ACTIONS, type Action } from "@/server/roster/change";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import { type ByAction, noActions, PARTS, type Part, parseRunCounts, plannedChanges } from "./counts";
import type { RunRow } from "./place";

const CAUSES = ["person", "before", "follows", "named"] as const;
/** Why a change is off: unticked, refused earlier and come back identical, cannot stand without one that is off, still named. */
type Cause = (typeof CAUSES)[number];

/** What of a plan is on and what is off, at one selection version. */
export interface Selection {
  readonly version: number;
  readonly on: ByAction;
  readonly off: ByAction;
  readonly offCauses: Record<Cause, number>;
  /** What is on, per entity, then per part of the people. */
  readonly byEntity: Record<Entity, ByAction>;
  readonly byPart: Record<Part, ByAction>;
  /** What waits because something else is off, per entity. */
  readonly follows: Record<Entity, number>;
}

const Off = z.object({
  entity: z.enum(ENTITIES),
  part: z.enum(PARTS).nullable(),
  action: z.enum(ACTIONS),
  cause: z.enum(CAUSES),
  count: SqlCount,
});

/** Counts come from the plan's own totals less what is left out, so they cost what was left out, never what is planned. */
export async function selectionOf(tx: Transaction, run: RunRow): Promise<Selection> {
  const counts = parseRunCounts(run.counts);
  const byEntity = plannedChanges(counts);
  const byPart: Record<Part, ByAction> = {
    students: pick(counts.people.students),
    teachers: pick(counts.people.teachers),
    others: pick(counts.people.others),
  };
  const off = noActions();
  const offCauses: Record<Cause, number> = { person: 0, before: 0, follows: 0, named: 0 };
  const follows: Record<Entity, number> = {
    orgs: 0,
    academicSessions: 0,
    courses: 0,
    classes: 0,
    users: 0,
    enrollments: 0,
    relationships: 0,
  };
  const left = await read(
    tx,
    Off,
    sql`
      select entity, part, action, cause, count(*) as count
      from left_out
      where institution_id = ${run.institutionId} and run_id = ${run.id} and on_at is null
      group by entity, part, action, cause`,
  );
  // A commit moves what was left out from its action to `refused`: the run's own totals then hold what is on, and no more.
  const isSettled = run.commitSeq !== null;
  for (const each of left) {
    off[each.action] += each.count;
    offCauses[each.cause] += each.count;
    if (each.cause === "follows") follows[each.entity] += each.count;
    if (isSettled) continue;
    byEntity[each.entity][each.action] -= each.count;
    if (each.part !== null) byPart[each.part][each.action] -= each.count;
  }
  const on = noActions();
  for (const entity of ENTITIES) for (const action of ACTIONS) on[action] += byEntity[entity][action];
  return { version: run.selectionVersion, on, off, offCauses, byEntity, byPart, follows };
}

const pick = (of: Record<Action, number>): ByAction => ({
  archive: of.archive,
  add: of.add,
  edit: of.edit,
  reactivate: of.reactivate,
  rekey: of.rekey,
});
