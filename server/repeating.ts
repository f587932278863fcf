import { setTimeout as pause } from "node:timers/promises";

/**
 * Does `step` again and again, one at a time, after as many milliseconds as it resolves to; null ends it. `stop` ends a pause and waits for
 * the step that is under way. A step answers for its own failures: one that throws ends the repeating, and `stop` throws it.
 */
export function repeating(step: () => Promise<number | null>): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const done = (async () => {
    while (!stopping.signal.aborted) {
      const pauseMs = await step();
      if (pauseMs === null) return;
      // Nothing but a stop breaks a pause off.
      await pause(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}
