import { ACTIONS, type Action } from "@/server/roster/change";

/** All actions together. */
export const sumOf = (counts: Readonly<Record<Action, number>>): number => ACTIONS.reduce((sum, action) => sum + counts[action], 0);

/** One action over all of several counts. */
export const sumOfAction = (all: readonly Readonly<Record<Action, number>>[], action: Action): number =>
  all.reduce((sum, counts) => sum + counts[action], 0);
