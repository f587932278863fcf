import type { Entity } from "./entities";

/** What a plan does to one record. `reactivate`: an archived record came back. `rekey`: same record, new source key. */
export const ACTIONS = ["archive", "add", "edit", "reactivate", "rekey"] as const;
export type Action = (typeof ACTIONS)[number];

/** One field of a change: cells in file form, `null` where there was or will be no value. */
interface FieldChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** One action of a plan as people review it. Identified inside its run by entity and source key. */
export interface Change {
  readonly entity: Entity;
  readonly sourceKey: string;
  readonly action: Action;
  readonly fields: readonly FieldChange[];
  /** Stable words of why, shown with their sentence: `absent` from a complete bulk file, `explicit` in the file, `listed` in the file, `returned`. */
  readonly reason: "listed" | "absent" | "explicit" | "returned" | "rekeyed";
  readonly on: boolean;
}

/** Where every row that was read went, per entity: `read = add + edit + archive(explicit) + reactivate + rekey + unchanged + rejected + refused + ignored` (R3, SCREENS B5.1). */
export interface Counts {
  read: number;
  add: number;
  edit: number;
  archive: number;
  reactivate: number;
  rekey: number;
  unchanged: number;
  rejected: number;
  refused: number;
  ignored: number;
}

export const noCounts = (): Counts => ({
  read: 0,
  add: 0,
  edit: 0,
  archive: 0,
  reactivate: 0,
  rekey: 0,
  unchanged: 0,
  rejected: 0,
  refused: 0,
  ignored: 0,
});
