import { WORKING_STATES } from "@/server/roster/run";
import type { RunRow } from "./place";

/** A working run that gave no sign of life for this long is shown as stalled; it is never stored as a state. */
const STALLED_AFTER_MS = 60_000;

export const isWorking = (state: RunRow["state"]): boolean => WORKING_STATES.some((working) => working === state);

export const isStalled = (run: RunRow, now: Date): boolean =>
  isWorking(run.state) && now.getTime() - lastSign(run).getTime() > STALLED_AFTER_MS;

/** When the run's own steps last wrote anything. */
export const lastSign = (run: RunRow): Date => run.heartbeatAt ?? run.startedAt ?? run.createdAt;
