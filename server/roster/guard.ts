import { z } from "zod";
import type { Entity } from "./entities";

/** Shares above which a plan is held, and the number of rows below which none is (SECURITY.md F24). A feed may set its own. */
export interface Limits {
  readonly archivePercent: number;
  readonly editPercent: number;
  readonly errorPercent: number;
  readonly rowsMin: number;
}

export const DEFAULT_LIMITS: Limits = { archivePercent: 10, editPercent: 75, errorPercent: 5, rowsMin: 20 };

const LimitsJson = z
  .object({
    archivePercent: z.number().min(0).max(100),
    editPercent: z.number().min(0).max(100),
    errorPercent: z.number().min(0).max(100),
    rowsMin: z.number().int().min(0),
  })
  .partial();

/** A feed's own limits over the defaults. Throws when they are not numbers. */
export const limitsOf = (json: unknown): Limits => ({ ...DEFAULT_LIMITS, ...LimitsJson.parse(json ?? {}) });

/** A feed's limits under those that the vendor set for its institution: a feed may hold earlier than these, never later. */
export function noLooserThan(
  limits: Limits,
  ceiling: { readonly archivePercent: number | null; readonly editPercent: number | null; readonly errorPercent: number | null },
): Limits {
  const lower = (own: number, most: number | null): number => Math.min(own, most ?? 100);
  return {
    ...limits,
    archivePercent: lower(limits.archivePercent, ceiling.archivePercent),
    editPercent: lower(limits.editPercent, ceiling.editPercent),
    errorPercent: lower(limits.errorPercent, ceiling.errorPercent),
  };
}

/** One school's part of a hold. */
export interface SchoolShare {
  readonly key: string;
  readonly name: string | null;
  readonly count: number;
  readonly of: number;
}

/**
 * Why a plan waits for a person.
 * `archive`: more than the limit of the feed's active rows would be archived. `edit`: … would be edited or rekeyed.
 * `empty`: an entity that had rows would have none. `errors`: too many rows of one file are in error.
 * `staleFile`: the newest change in the delivery is older than that of the last one committed.
 */
interface HoldReason {
  readonly kind: "archive" | "edit" | "empty" | "errors" | "staleFile";
  readonly entity: Entity | null;
  readonly file?: string;
  readonly count: number;
  readonly of: number;
  /** In percent; 0 where there is none. */
  readonly limit: number;
  readonly schools: readonly SchoolShare[];
  /** What passes once enough is left out: fewer rows than this, or at most this share. Absent where leaving out settles nothing. */
  readonly passes?: { readonly rowsMin: number; readonly percent: number };
}

export interface Verdict {
  readonly outcome: "ready" | "hold";
  readonly reasons: readonly HoldReason[];
}

/** What a plan would do to one entity of the feed, in scope. */
export interface EntityWeight {
  readonly entity: Entity;
  /** Active rows of the feed before. */
  readonly active: number;
  /** Archives that are on, without concluded classes and their enrollments. */
  readonly archives: number;
  /** Edits and rekeys that are on. */
  readonly edits: number;
  /** Active rows of the feed after. */
  readonly activeAfter: number;
  /** Where the archives fall, largest share first. */
  readonly schools: readonly SchoolShare[];
}

export interface FileWeight {
  readonly file: string;
  readonly entity: Entity;
  readonly rows: number;
  readonly errors: number;
}

/**
 * Holds a plan or lets it pass (SECURITY.md F24, R33). A share exactly at its limit passes; so does one of fewer rows than
 * `rowsMin`, except where an entity would be emptied, which has no floor.
 */
export function weigh(plan: {
  readonly entities: readonly EntityWeight[];
  readonly files: readonly FileWeight[];
  readonly isStale: boolean;
  readonly limits: Limits;
}): Verdict {
  const { limits } = plan;
  const exceeds = (count: number, of: number, percent: number) => count >= limits.rowsMin && count * 100 > of * percent;
  const reasons: HoldReason[] = [];
  const passes = (percent: number) => ({ rowsMin: limits.rowsMin, percent });
  for (const { entity, active, archives, edits, activeAfter, schools } of plan.entities) {
    if (archives > 0 && activeAfter === 0) {
      reasons.push({ kind: "empty", entity, count: archives, of: active, limit: 0, schools, passes: passes(limits.archivePercent) });
    } else if (exceeds(archives, active, limits.archivePercent)) {
      reasons.push({
        kind: "archive",
        entity,
        count: archives,
        of: active,
        limit: limits.archivePercent,
        schools,
        passes: passes(limits.archivePercent),
      });
    }
    if (exceeds(edits, active, limits.editPercent)) {
      reasons.push({
        kind: "edit",
        entity,
        count: edits,
        of: active,
        limit: limits.editPercent,
        schools: [],
        passes: passes(limits.editPercent),
      });
    }
  }
  for (const { file, entity, rows, errors } of plan.files) {
    if (exceeds(errors, rows, limits.errorPercent)) {
      reasons.push({ kind: "errors", entity, file, count: errors, of: rows, limit: limits.errorPercent, schools: [] });
    }
  }
  if (plan.isStale) reasons.push({ kind: "staleFile", entity: null, count: 0, of: 0, limit: 0, schools: [] });
  return { outcome: reasons.length === 0 ? "ready" : "hold", reasons };
}
