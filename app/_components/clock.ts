const sameDay = (a: Date, b: Date, zone: string): boolean => day(a, zone) === day(b, zone);
const day = (at: Date, zone: string): string => new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(at);

/** The zone's short name at that moment: CDT, CET. */
export function zoneName(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "short" }).formatToParts(at);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

/** "02:35:40", for logs of one run. */
export const second = (at: Date, zone: string): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "medium" }).format(at);

/** "02:35". */
export const minute = (at: Date, zone: string): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "short" }).format(at);

/** "19 Oct", with the year when it is not this one. */
export function date(at: Date, zone: string, now: Date = new Date()): string {
  const thisYear = day(at, zone).slice(0, 4) === day(now, zone).slice(0, 4);
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    day: "numeric",
    month: "short",
    ...(thisYear ? {} : { year: "numeric" }),
  }).format(at);
}

/** "today", "yesterday", else the date. */
export function dayWord(at: Date, zone: string, now: Date = new Date()): string {
  if (sameDay(at, now, zone)) return "today";
  if (sameDay(at, new Date(now.getTime() - 86_400_000), zone)) return "yesterday";
  return date(at, zone, now);
}

/** The whole of it, for the title of a shorter form: "Sunday, 22 November 2026 at 02:35:40 CST". */
export const inFull = (at: Date, zone: string): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, dateStyle: "full", timeStyle: "long" }).format(at);

/** "1 min 4 s", "8 min", "2 h 5 min", "3 d 4 h". */
export function lasting(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}
