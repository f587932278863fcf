import { helpOf, isIssueCode } from "@/server/roster/issue-codes";

/** A code in words. A code out of an old run that no page explains any more is shown as it is. */
export const codeTitle = (code: string): string => (isIssueCode(code) ? helpOf(code).title : code);
