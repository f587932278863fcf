import { z } from "zod";
import { ENTITIES, type Entity } from "@/server/roster/entities";
import { DEFAULT_LIMITS } from "@/server/roster/guard";
import type { Selection } from "./selection";
import { percent, rowsOf, wordOf, wordsOf } from "./words";

const HOLD_KINDS = ["archive", "edit", "empty", "errors", "staleFile"] as const;
type HoldKind = (typeof HOLD_KINDS)[number];

const Reason = z.object({
  kind: z.enum(HOLD_KINDS),
  entity: z.enum(ENTITIES).nullish(),
  file: z.string().nullish(),
  count: z.number(),
  of: z.number(),
  /** In percent; 0 where the rule has none. */
  limit: z.number().default(0),
  schools: z.array(z.object({ key: z.string(), name: z.string().nullable(), count: z.number(), of: z.number() })).default([]),
  passes: z.object({ rowsMin: z.number(), percent: z.number() }).optional(),
});
const Stored = z.object({ outcome: z.enum(["ready", "hold"]), reasons: z.array(Reason).default([]) });

/** One reason of a hold, with the sentence that says it. */
export interface HoldReason {
  readonly kind: HoldKind;
  readonly entity: Entity | null;
  readonly file: string | null;
  readonly count: number;
  readonly of: number;
  /** In percent; null where the rule has none. */
  readonly limit: number | null;
  readonly schools: readonly { key: string; name: string; count: number; of: number }[];
  readonly text: string;
  /** The hold was approved once, or enough of what it held is left out. */
  readonly settled: boolean;
}
export interface RunVerdict {
  readonly outcome: "ready" | "hold";
  readonly reasons: readonly HoldReason[];
}

/** Holds that a person approved once, by their place in the verdict. */
const Approvals = z.array(z.object({ hold: z.number().int(), accountId: z.number().nullable(), at: z.string() }));
export type Approval = z.infer<typeof Approvals>[number];
export const parseApprovals = (stored: unknown): Approval[] => Approvals.parse(stored ?? []);

/** The verdict of a plan under what is on of it now: leaving enough out settles a hold, selecting it again opens it again. */
export function verdictOf(run: { verdict: unknown; override: unknown }, selection: Selection): RunVerdict | null {
  if (run.verdict === null) return null;
  const stored = Stored.parse(run.verdict);
  const approved = new Set(parseApprovals(run.override).map((one) => one.hold));
  return {
    outcome: stored.outcome,
    reasons: stored.reasons.map((reason, index) => ({
      kind: reason.kind,
      entity: reason.entity ?? null,
      file: reason.file ?? null,
      count: reason.count,
      of: reason.of,
      limit: reason.limit === 0 ? null : reason.limit,
      schools: reason.schools.map((school) => ({ ...school, name: school.name ?? school.key })),
      text: sentence(reason),
      settled: approved.has(index) || isBelow(reason, selection),
    })),
  };
}

/** Whether what is on of the plan would pass the guard. An entity that is not emptied any more may still lose more than its share. */
function isBelow(reason: z.infer<typeof Reason>, selection: Selection): boolean {
  const entity = reason.entity ?? null;
  if (entity === null) return false;
  const on = selection.byEntity[entity];
  const { rowsMin, percent: most } = reason.passes ?? { rowsMin: DEFAULT_LIMITS.rowsMin, percent: reason.limit };
  const within = (count: number) => count < rowsMin || count * 100 <= most * reason.of;
  switch (reason.kind) {
    case "archive":
      return within(on.archive);
    case "edit":
      return within(on.edit + on.rekey);
    case "empty":
      return on.archive < reason.of && within(on.archive);
    case "errors":
    case "staleFile":
      return false;
    default:
      return reason.kind satisfies never;
  }
}

function sentence(reason: z.infer<typeof Reason>): string {
  const entity = reason.entity ?? null;
  const many = entity === null ? "rows" : wordsOf(entity);
  const share = `That is ${percent(reason.count, reason.of)}${reason.limit === 0 ? "" : `; your limit is ${reason.limit} %`}.`;
  switch (reason.kind) {
    case "archive":
      return `${rowsOf(reason.count)} of ${rowsOf(reason.of)} ${many} would be archived. ${share}`;
    case "edit":
      return `${rowsOf(reason.count)} of ${rowsOf(reason.of)} ${many} would be changed. ${share}`;
    case "empty":
      return `No ${entity === null ? "row" : wordOf(entity)} would be left: all ${rowsOf(reason.of)} would be archived.`;
    case "errors":
      return `${rowsOf(reason.count)} of ${rowsOf(reason.of)} rows of ${reason.file ?? "a file"} are in error. ${share}`;
    case "staleFile":
      return `${reason.file ?? "This delivery"} is older than the one committed last.`;
    default:
      return reason.kind satisfies never;
  }
}
