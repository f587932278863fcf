import { sumOf } from "@/app/_components/sums";
import type { Action } from "@/server/roster/change";
import type { Selection } from "../commit-panel";
import type { Filter } from "./filter";

type ByAction = Readonly<Record<Action, number>>;

/** What a plan holds, by entity and by part of the people, whether on or off. */
export interface Planned {
  readonly byEntity: Readonly<Record<keyof Selection["byEntity"], ByAction>>;
  readonly byPart: Readonly<Record<keyof Selection["byPart"], ByAction>>;
}

/**
 * How many changes a filter shows and how many of them are on, from counts that are kept: by type and action they are known
 * without reading a row. Null under a school, a text or a mark, which only rows can tell.
 */
export function scopeOf(filter: Filter, planned: Planned, selection: Selection): { total: number; on: number } | null {
  const { entity, person, action, school, text, show } = filter.query;
  if (school !== undefined || text !== undefined || (show !== undefined && show !== "all")) return null;
  const count = (counts: ByAction): number => (action === undefined ? sumOf(counts) : counts[action]);
  if (person !== undefined) return { total: count(planned.byPart[person]), on: count(selection.byPart[person]) };
  if (entity !== undefined) return { total: count(planned.byEntity[entity]), on: count(selection.byEntity[entity]) };
  const on = action === undefined ? sumOf(selection.on) : selection.on[action];
  const off = action === undefined ? sumOf(selection.off) : selection.off[action];
  return { total: on + off, on };
}
