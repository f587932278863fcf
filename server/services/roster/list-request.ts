import type { AsOf } from "./labels";

/** What each list asks its own query for. */
export interface ListRequest {
  readonly asOf: AsOf;
  readonly school: string | null;
  readonly text: string | null;
  readonly archived: boolean;
  /** What the last row of the page before sorted by. */
  readonly after: readonly string[] | null;
  readonly limit: number;
  /** The day it is in the institution's zone. */
  readonly today: string;
}

/** A page with what its last row sorts by, where there is more. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly next: readonly string[] | null;
}
