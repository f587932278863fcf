const SECONDS = [15, 30, 60, 120, 300, 600, 1200, 2400, 3600, 7200] as const;
const JITTER_MS_MAX = 30_000;

/** Milliseconds to wait after failed attempt `attempt` (the first is 0): Inngest's own table, plus up to 30 s of jitter. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const seconds = SECONDS[Math.min(attempt, SECONDS.length - 1)] ?? 7200;
  return seconds * 1000 + Math.floor(random() * JITTER_MS_MAX);
}
