import type { Issue } from "@/server/roster/issue";
import { helpOf, type IssueCode } from "@/server/roster/issue-codes";
import { CHECKED_ENTITIES, type CheckResult } from "./check-delivery";

/** Places shown of each kind of finding. */
const PLACES_MAX = 3;

/** The check as `--json` prints it: every issue with the fields of the contract. */
export function jsonReport(result: CheckResult): string {
  const issues = result.issues.map(({ severity, code, at, column, seen, detail }) => ({
    severity,
    code,
    at,
    column: column ?? null,
    seen: seen ?? null,
    detail,
  }));
  return JSON.stringify({ ...result, issues }, null, 2);
}

/** The check for people: verdict, a table of entities, findings grouped by code. */
export function textReport(result: CheckResult): string {
  return [verdictLine(result), "", ...fileLines(result), "", ...entityTable(result), "", ...issueLines(result)].join("\n").trimEnd();
}

function verdictLine({ verdict, issuesTotal }: CheckResult): string {
  switch (verdict) {
    case "clean":
      return issuesTotal === 0
        ? "Clean: nothing to mend."
        : `Clean, with ${count(issuesTotal)} ${issuesTotal === 1 ? "warning" : "warnings"}: every row can be read.`;
    case "errors":
      return "Errors: some rows cannot be read. They would be left out, and nobody would be archived because of them.";
    case "refused":
      return "Refused: nothing of this delivery would be read, and nothing would change.";
    default:
      return verdict satisfies never;
  }
}

const fileLines = ({ files }: CheckResult): string[] =>
  files
    .filter(({ mode }) => mode !== "absent")
    .map(({ name, mode, rows }) => `  ${name.padEnd(24)} ${mode.padEnd(10)} ${count(rows)} rows`);

function entityTable({ entities }: CheckResult): string[] {
  const line = (cells: readonly string[]): string =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(18) : cell.padStart(11))).join("");
  return [
    line(["", "rows", "valid", "errors", "warnings"]),
    ...CHECKED_ENTITIES.map((entity) => {
      const { rows, valid, errors, warnings } = entities[entity];
      return line([entity, ...[rows, valid, errors, warnings].map(count)]);
    }),
  ];
}

function issueLines({ issues, issuesTotal }: CheckResult): string[] {
  const groups = new Map<IssueCode, Issue[]>();
  for (const issue of issues) groups.set(issue.code, [...(groups.get(issue.code) ?? []), issue]);
  const order = { refusal: 0, error: 1, warning: 2 };
  const sorted = [...groups].sort(([, a], [, b]) => order[a[0]?.severity ?? "warning"] - order[b[0]?.severity ?? "warning"]);
  const lines = sorted.flatMap(([code, found]) => {
    const total = found.reduce((sum, issue) => sum + (issue.count ?? 1), 0);
    const places = found.slice(0, PLACES_MAX).map((issue) => {
      const column = issue.column ? ` ${issue.column}` : "";
      const seen = issue.seen === undefined ? "" : ` “${issue.seen}”`;
      return `    ${issue.at}${column}${seen}: ${issue.detail}`;
    });
    const more = found.length > PLACES_MAX ? [`    … and ${count(found.length - PLACES_MAX)} more`] : [];
    return [
      `${found[0]?.severity ?? "warning"} ${code} (${count(total)}): ${helpOf(code).title}`,
      ...places,
      ...more,
      `    ${helpOf(code).fix}`,
    ];
  });
  const listed = issues.reduce((sum, issue) => sum + (issue.count ?? 1), 0);
  return listed < issuesTotal ? [...lines, `${count(issuesTotal - listed)} more findings are counted and not listed.`] : lines;
}

const count = (value: number): string => value.toLocaleString("en-US");
