import { z } from "zod";
import { ACTIONS, type Action, type Counts } from "@/server/roster/change";
import { ENTITIES, type Entity } from "@/server/roster/entities";

const count = z.number().int().default(0);
const CountsOfRows = z.object({
  read: count,
  add: count,
  edit: count,
  archive: count,
  reactivate: count,
  rekey: count,
  unchanged: count,
  rejected: count,
  refused: count,
  ignored: count,
  absent: count,
});
/** `absent`: the part of `archive` that no row of a file asked for, so that read = add + edit + (archive − absent) + … holds. */
export type TiedCounts = Counts & { readonly absent: number };
/** Counts with how many rows were active before. */
const CountsWithBefore = CountsOfRows.extend({ before: count });
export type CountsBefore = TiedCounts & { readonly before: number };

export const PARTS = ["students", "teachers", "others"] as const;
/** Users as reports split them: by their primary role. */
export type Part = (typeof PARTS)[number];

const nothing = CountsWithBefore.parse({});
const orNothing = CountsWithBefore.default(nothing);

/** `runs.counts` as the engine writes it when a plan is prepared; a run that never got there has none. */
const RunCounts = z.object({
  orgs: orNothing,
  academicSessions: orNothing,
  courses: orNothing,
  classes: orNothing,
  users: orNothing,
  enrollments: orNothing,
  relationships: orNothing,
  people: z
    .object({ students: orNothing, teachers: orNothing, others: orNothing })
    .default({ students: nothing, teachers: nothing, others: nothing }),
  said: z.object({ relationships: z.number().int().nullable().default(null) }).default({ relationships: null }),
  dated: z.object({ active: count, futureDated: count, ended: count }).default({ active: 0, futureDated: 0, ended: 0 }),
});
export type RunCounts = z.infer<typeof RunCounts>;

export const parseRunCounts = (stored: unknown): RunCounts => RunCounts.parse(stored);
export const parseCounts = (stored: unknown): TiedCounts => CountsOfRows.parse(stored);

export type ByAction = Record<Action, number>;
export const noActions = (): ByAction => ({ archive: 0, add: 0, edit: 0, reactivate: 0, rekey: 0 });

/** How many changes a plan holds, by entity and action. */
export function plannedChanges(counts: RunCounts): Record<Entity, ByAction> {
  const of = (entity: Entity): ByAction => {
    const { archive, add, edit, reactivate, rekey } = counts[entity];
    return { archive, add, edit, reactivate, rekey };
  };
  return {
    orgs: of("orgs"),
    academicSessions: of("academicSessions"),
    courses: of("courses"),
    classes: of("classes"),
    users: of("users"),
    enrollments: of("enrollments"),
    relationships: of("relationships"),
  };
}

/** Sums over every entity. */
export function totalOf(byEntity: Record<Entity, ByAction>): ByAction {
  const total = noActions();
  for (const entity of ENTITIES) for (const action of ACTIONS) total[action] += byEntity[entity][action];
  return total;
}

export const sumOf = (byAction: ByAction): number => ACTIONS.reduce((sum, action) => sum + byAction[action], 0);
