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
  /** How many rows the finding stands for, where repairs of one column are told once; absent means 1. Totals add this up. */
  readonly count?: number;
}

/** A value as it may be shown: control and hidden characters made visible, at most 40 characters. */
export function seenValue(value: string): string {
  const visible = value.slice(0, 60).replace(UNSEEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`);
  return visible.length > 40 ? `${visible.slice(0, 39)}…` : visible;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must be made visible.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
