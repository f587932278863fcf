import type { Action } from "@/server/roster/change";
import type { Entity } from "@/server/roster/entities";

/** The words for records in sentences. Pages that follow an institution's own labels replace them; sentences in mails and reports do not. */
const words: Record<Entity, readonly [one: string, many: string]> = {
  orgs: ["school or organization", "schools and organizations"],
  academicSessions: ["term", "terms"],
  courses: ["course", "courses"],
  classes: ["class", "classes"],
  users: ["person", "people"],
  enrollments: ["enrollment", "enrollments"],
  relationships: ["relationship", "relationships"],
};
const actionWords: Record<Action, readonly [one: string, many: string]> = {
  archive: ["archive", "archives"],
  add: ["add", "adds"],
  edit: ["edit", "edits"],
  reactivate: ["reactivation", "reactivations"],
  rekey: ["re-key", "re-keys"],
};

export const wordOf = (entity: Entity): string => words[entity][0];
export const wordsOf = (entity: Entity): string => words[entity][1];
export const counted = (count: number, [one, many]: readonly [string, string]): string => `${rowsOf(count)} ${count === 1 ? one : many}`;
export const countedRecords = (count: number, entity: Entity): string => counted(count, words[entity]);
export const countedActions = (count: number, action: Action): string => counted(count, actionWords[action]);

const number = new Intl.NumberFormat("en-US");
export const rowsOf = (count: number): string => number.format(count);

/** `31.4 %`, as pages write it: with one decimal and never rounded up, so that 9.96 % does not read as the 10 % that it has not reached. */
export function percent(count: number, of: number): string {
  const share = of === 0 ? 0 : Math.floor(Number(((count / of) * 1000).toFixed(6))) / 10;
  return `${share} %`;
}

/** `10:01` in the institution's own zone. */
export const clockOf = (at: Date, timeZone: string): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(at);
/** `12 Jan`, with the year where it is not this one. */
export function dayOf(date: string, today: string): string {
  const at = new Date(`${date}T00:00:00Z`);
  const year = date.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" as const };
  return new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short", ...year }).format(at);
}
/** The day it is now in that zone, `YYYY-MM-DD`. */
export const todayIn = (timeZone: string, now: Date): string => new Intl.DateTimeFormat("en-CA", { timeZone }).format(now);
