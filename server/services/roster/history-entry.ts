import type { Action } from "@/server/roster/change";
import type { Entity } from "@/server/roster/entities";
import type { FieldDifference } from "@/server/services/changes/fields";

/** One thing that happened to a record. */
export interface HistoryEntry {
  readonly at: Date;
  readonly kind: "seen" | "issue" | "planned" | "committed" | "leftOut";
  readonly action?: Action;
  /** The run that did it, by number. */
  readonly run: number;
  readonly text: string;
  readonly fields: readonly FieldDifference[];
  /** `users.csv:1042` of that run's delivery. */
  readonly place?: string;
}

/** Which record: its key is its feed's own. */
export interface RecordRef {
  readonly entity: Entity;
  readonly key: string;
  readonly feedId: number;
}
