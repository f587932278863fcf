import type { ActionCount } from "@/emails/run-notice";
import type { Action, Counts } from "@/server/roster/change";
import { PARTS, type RunCounts } from "@/server/services/runs/counts";

/** Changes of one kind that are off. `part` splits users as reports do. */
export interface LeftOutCount {
  readonly entity: string;
  readonly action: string;
  readonly part: string | null;
  readonly count: number;
}

const NOUNS = {
  students: ["student", "students"],
  teachers: ["teacher", "teachers"],
  others: ["other person", "other people"],
  users: ["person", "people"],
  orgs: ["school or organization", "schools and organizations"],
  academicSessions: ["term", "terms"],
  courses: ["course", "courses"],
  classes: ["class", "classes"],
  enrollments: ["enrollment", "enrollments"],
  relationships: ["relationship", "relationships"],
} as const;
type Kind = keyof typeof NOUNS;

const ORDER: readonly Action[] = ["add", "edit", "archive", "reactivate", "rekey"];
const figures = new Intl.NumberFormat("en-US");

/** What is on, per action, with its kinds, the largest first; actions of which nothing is on are left away. */
export function actionsOf(planned: RunCounts, off: readonly LeftOutCount[]): ActionCount[] {
  const kinds = kindsOf(planned);
  return ORDER.flatMap((action) => {
    const counts = kinds
      .map(({ kind, planned: of }) => ({ kind, count: of[action] - offOf(off, kind, action) }))
      .filter(({ count }) => count > 0)
      .sort((one, other) => other.count - one.count);
    if (counts.length === 0) return [];
    return [
      { action, count: counts.reduce((sum, one) => sum + one.count, 0), parts: counts.map(({ kind, count }) => phrase(kind, count)) },
    ];
  });
}

/** Users count once: by what they are, where the run says so. */
function kindsOf({ people, users, dated: _, ...entities }: RunCounts): { kind: Kind; planned: Counts }[] {
  const isSplit = PARTS.some((part) => ORDER.some((action) => people[part][action] > 0));
  const byKind: Partial<Record<Kind, Counts>> = isSplit ? { ...people, ...entities } : { users, ...entities };
  return Object.entries(byKind).flatMap(([kind, planned]) => (isKind(kind) ? [{ kind, planned }] : []));
}

function offOf(off: readonly LeftOutCount[], kind: Kind, action: Action): number {
  return off
    .filter((one) => one.action === action && (one.entity === kind || (one.entity === "users" && one.part === kind)))
    .reduce((sum, one) => sum + one.count, 0);
}

const isKind = (name: string): name is Kind => name in NOUNS;
const phrase = (kind: Kind, count: number): string => `${figures.format(count)} ${NOUNS[kind][count === 1 ? 0 : 1]}`;
