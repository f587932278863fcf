import { setTimeout as pause } from "node:timers/promises";

/** Asks again until `ask` gives something, and fails with `what` when it has not by the deadline. */
export async function eventually<T>(what: string, ask: () => Promise<T | null | undefined | false>, withinMs = 30_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await ask();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`In ${withinMs} ms there was no ${what}`);
    await pause(40);
  }
}
