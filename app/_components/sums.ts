import { ACTIONS, type Action } from "@/server/roster/change";

/** All actions together. */
export const sumOf = (counts: Readonly<Record<Action, number>>): number => ACTIONS.reduce((sum, action) => sum + counts[action], 0);
