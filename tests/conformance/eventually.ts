import { setTimeout as pause } from "node:timers/promises";

/** No expectation, only a net: a loaded machine of two slow cores is still in time. */
const PATIENCE_MS = 240_000;

/** Asks again until `ask` gives something, and fails with `what` when it has not by the deadline. */
export async function eventually<T>(what: string, ask: () => Promise<T | null | undefined | false>, withinMs = PATIENCE_MS): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await ask();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`In ${withinMs} ms there was no ${what}`);
    await pause(40);
  }
}
