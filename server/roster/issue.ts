import type { Entity } from "./entities";
import type { IssueCode } from "./issue-codes";

/**
 * A finding about data, collected with its place; never thrown. An error drops the row (which still counts as present),
 * a warning drops or repairs a value, a refusal stops the whole delivery and nothing changes (SECURITY.md §E).
 */
export interface Issue {
  readonly severity: "refusal" | "error" | "warning";
  readonly code: IssueCode;
  readonly entity: Entity | null;
  readonly sourceKey: string | null;
  /** `users.csv:1042`, the physical line of the record's first byte with the header as line 1; `users.csv` for a whole file; the package's name otherwise. */
  readonly at: string;
  readonly column?: string;
  /** The value seen, escaped, at most 40 characters; never of a password column. */
  readonly seen?: string;
  /** One sentence: what was found and what to do. */
  readonly detail: string;
}
