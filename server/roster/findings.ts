import type { Entity } from "./entities";
import { type Issue, seenValue } from "./issue";
import { helpOf, type IssueCode } from "./issue-codes";

/** How many single warnings of one code and column are told one by one; the rest is counted. */
const SINGLE_WARNINGS_MAX = 1000;

/** What a cell reader reports about the row being read. */
export interface Findings {
  /** Begins a row; what is reported until the next call belongs to it. */
  begin(line: number): void;
  /** Names the record of the row, for all that was and will be reported about it. */
  name(sourceKey: string): void;
  /** `value` is shown, so never give one of a password column. */
  report(code: IssueCode, column: string | null, finding: { value?: string; detail: string }): void;
  /** Whether the row has no error so far. */
  isValid(): boolean;
  /** The findings since the last call, in order. */
  take(): Issue[];
  /** What was counted instead of told: one issue per code and column. */
  takeCounted(): Issue[];
}

/** Collects the findings of one file. Errors are told one by one, repairs once per column (see `CodeHelp.grouped`). */
export function collectFindings(file: string, entity: Entity): Findings {
  let issues: Issue[] = [];
  const counted = new Map<string, { first: Issue; count: number; told: number }>();
  let line = 0;
  let sourceKey: string | null = null;
  let rowFrom = 0;
  let valid = true;
  return {
    begin(nextLine) {
      line = nextLine;
      sourceKey = null;
      rowFrom = issues.length;
      valid = true;
    },
    name(key) {
      sourceKey = key;
      for (let index = rowFrom; index < issues.length; index += 1) {
        const issue = issues[index];
        if (issue) issues[index] = { ...issue, sourceKey: key };
      }
    },
    report(code, column, { value, detail }) {
      const help = helpOf(code);
      const issue: Issue = {
        severity: help.severity,
        code,
        entity,
        sourceKey,
        at: `${file}:${line}`,
        ...(column === null ? {} : { column }),
        ...(value === undefined ? {} : { seen: seenValue(value) }),
        detail,
      };
      if (help.severity === "error") {
        valid = false;
        issues.push(issue);
        return;
      }
      const name = `${code} ${column ?? ""}`;
      const group = counted.get(name) ?? { first: issue, count: 0, told: 0 };
      counted.set(name, group);
      if (!help.grouped && group.told < SINGLE_WARNINGS_MAX) {
        group.told += 1;
        issues.push(issue);
      } else {
        if (group.count === 0) group.first = issue;
        group.count += 1;
      }
    },
    isValid: () => valid,
    take() {
      const taken = issues;
      issues = [];
      rowFrom = 0;
      return taken;
    },
    takeCounted() {
      const taken: Issue[] = [];
      for (const { first, count } of counted.values()) {
        if (count === 1) taken.push(first);
        else if (count > 1) taken.push({ ...first, sourceKey: null, detail: `${first.detail} This and ${count - 1} more rows.`, count });
      }
      counted.clear();
      return taken;
    },
  };
}
