import type { CodeHelp } from "./codes/code";
import { FILE_CODES } from "./codes/file-codes";
import { PACKAGE_CODES } from "./codes/package-codes";
import { ROSTER_CODES } from "./codes/roster-codes";
import { ROW_CODES } from "./codes/row-codes";

/**
 * Every code that a finding can have, with the help page that explains it at /help/codes/<code>. A code is stable: people
 * and scripts refer to it. Holds (a plan that waits for a person) are not findings and have words of their own.
 */
export const ISSUE_CODES = { ...PACKAGE_CODES, ...FILE_CODES, ...ROW_CODES, ...ROSTER_CODES } as const satisfies Record<string, CodeHelp>;
export type IssueCode = keyof typeof ISSUE_CODES;

/** The help of one code, for pages and mails. */
export const helpOf = (code: IssueCode): CodeHelp => ISSUE_CODES[code];

/** Whether a word from an address is a code. */
export const isIssueCode = (word: string): word is IssueCode => Object.hasOwn(ISSUE_CODES, word);
