import { Cron } from "croner";

/**
 * The first tick of `cron` after `after`, in the time zone that a leading `TZ=Europe/Berlin ` names, else UTC. Throws on a
 * pattern or zone that cannot be read, and on a pattern that never comes again.
 */
export function nextTick(cron: string, after: Date): Date {
  const { timeZone, pattern } = split(cron);
  const next = new Cron(pattern, { timezone: timeZone, paused: true }).nextRun(after);
  if (next === null) throw new Error(`The schedule "${cron}" never comes`);
  return next;
}

function split(cron: string): { timeZone: string; pattern: string } {
  const found = /^TZ=(\S+)\s+(.+)$/.exec(cron.trim());
  return found === null ? { timeZone: "UTC", pattern: cron.trim() } : { timeZone: found[1] ?? "UTC", pattern: found[2] ?? "" };
}
