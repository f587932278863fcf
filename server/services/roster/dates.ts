import { dayOf } from "@/server/services/runs/words";

/** How an enrollment (or a class) stands on a day. Dates are as files have them: the end is the first day after. */
export interface Standing {
  readonly state: string;
  readonly tone: "active" | "later" | "ended" | "archived";
}

/** `starts 12 Jan`, `ended 20 Dec` (the last day, R28), else `active`; both stay active records. Archived ones say so, whatever their dates. */
export function standingOf(of: { status: string; startDate: string | null; endDate: string | null }, today: string): Standing {
  if (of.status === "archived") return { state: "archived", tone: "archived" };
  if (of.startDate !== null && of.startDate > today) return { state: `starts ${dayOf(of.startDate, today)}`, tone: "later" };
  if (of.endDate !== null && of.endDate <= today) return { state: `ended ${dayOf(lastDay(of.endDate), today)}`, tone: "ended" };
  return { state: "active", tone: "active" };
}

/** The day before a first day after: `2026-12-21` → `2026-12-20`. */
const lastDay = (endDate: string): string => new Date(Date.parse(`${endDate}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

/** A class is concluded when its own end, else the end of all its terms, has come (ARCHITECTURE §3). */
export function isConcluded(ownEnd: string | null, termEnds: readonly (string | null)[], today: string): boolean {
  if (ownEnd !== null) return ownEnd <= today;
  return termEnds.length > 0 && termEnds.every((end) => end !== null && end <= today);
}
