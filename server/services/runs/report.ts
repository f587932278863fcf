import type { Entity } from "@/server/roster/entities";
import type { FileMode, RunKind, RunState, Trigger } from "@/server/roster/run";
import type { CountsBefore, Part, TiedCounts } from "./counts";
import type { Selection } from "./selection";
import type { RunVerdict } from "./verdict";

/** The report of a run, as its page shows it. */
export interface RunReport {
  readonly number: number;
  readonly id: string;
  readonly state: RunState;
  readonly stalled: boolean;
  readonly kind: RunKind;
  readonly trigger: Trigger;
  readonly autoCommit: boolean;
  /** The plan was prepared with settings that are not saved; committing it saves them. */
  readonly triesSettings: boolean;
  readonly schools: readonly string[] | null;
  readonly feed: { readonly id: number; readonly name: string; readonly sourceLabel: string };
  readonly by: { readonly name: string } | null;
  readonly decidedBy: { readonly name: string } | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly preparedAt: Date | null;
  readonly endedAt: Date | null;
  readonly heartbeatAt: Date | null;
  readonly cancelRequested: boolean;
  readonly baseSeq: number | null;
  readonly commitSeq: number | null;
  readonly headSeq: number;
  readonly reason: string | null;
  readonly reasonCode: string | null;
  readonly counts: Readonly<Record<Entity, CountsBefore>>;
  readonly people: Readonly<Record<Part, CountsBefore>>;
  readonly verdict: RunVerdict | null;
  /** The tie-out per file: read = committed + unchanged + refused + rejected + ignored. */
  readonly files: readonly ReportFile[];
  /** The same per school and entity; `key` is empty for rows of no school. */
  readonly schoolsTieOut: readonly {
    readonly key: string;
    readonly name: string | null;
    readonly entity: Entity;
    readonly counts: TiedCounts;
  }[];
  /** Relationships that the rows of people say, where no file of their own has them; null: nothing said any. */
  readonly relationshipsSaid: number | null;
  readonly enrollments: { readonly active: number; readonly futureDated: number; readonly ended: number };
  readonly issues: readonly ReportIssue[];
  /** The one question: files whose mode could not be told, read as delta until somebody says. */
  readonly modeQuestion: { readonly files: readonly string[] } | null;
  readonly deliveries: readonly {
    readonly id: string;
    readonly receivedAt: Date | null;
    readonly packageName: string | null;
    readonly digest: string | null;
  }[];
  /** How many of them list only changes: who discards the plan says whether they come along with the next run. */
  readonly deltaDeliveries: number;
  readonly selection: Selection;
  readonly timeline: readonly TimelineEntry[];
  readonly next: { readonly canCommit: boolean; readonly whyNot: string | null };
  /** The committed run that this one turns back, with why; and the run that turned this one back, or is about to. */
  readonly undoOf: number | null;
  /** Whether what a commit replaced is still kept: else it cannot be undone. */
  readonly isUndoable: boolean;
  /** When findings and choices were removed, after the institution's retention. */
  readonly detailRemovedAt: Date | null;
  readonly undoReason: string | null;
  readonly undoneBy: { readonly run: number; readonly state: RunState } | null;
  /** The run that this one prepares again, and the run that prepares this one again. */
  readonly againOf: number | null;
  readonly againAs: number | null;
}

export interface ReportFile {
  readonly name: string;
  readonly entity: Entity | null;
  readonly mode: FileMode;
  readonly bytes: number;
  readonly encoding: string | null;
  readonly digest: string | null;
  /** Records of the file; null: nobody counted them. */
  readonly rows: number | null;
  /** The file into whose rows this one's are read: they are counted there; null: it has rows of its own. */
  readonly mergedInto: string | null;
  readonly counts: TiedCounts;
}

export interface ReportIssue {
  readonly severity: "refusal" | "error" | "warning";
  readonly code: string;
  readonly entity: Entity | null;
  readonly total: number;
  /** The place of the first: `users.csv:1042`. */
  readonly firstAt: string | null;
}

export interface TimelineEntry {
  readonly at: Date;
  readonly kind: "delivery" | "phase" | "ready" | "held" | "mail" | "person" | "committed" | "ended" | "failed" | "working";
  readonly text: string;
  readonly detail?: string;
  readonly who?: string;
}
