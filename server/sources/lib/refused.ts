import type { Issue } from "@/server/roster/issue";
import { helpOf, type IssueCode } from "@/server/roster/issue-codes";

/** Thrown while bytes are read, where only reading on could tell that a delivery must be refused; carries the finding. */
export class DeliveryRefused extends Error {
  readonly issue: Issue;

  constructor(issue: Issue) {
    super(issue.detail);
    this.name = "DeliveryRefused";
    this.issue = issue;
  }
}

/** A finding about a package or a whole file, with the severity of its code. */
export function fileIssue(code: IssueCode, at: string, finding: Partial<Issue> & { detail: string }): Issue {
  return { severity: helpOf(code).severity, code, entity: null, sourceKey: null, at, ...finding };
}
