import { ACTION_SIGNS, figure, type RunNotice } from "./run-notice";
import { footText } from "./stop";

/** The text part of a mail about a run: the same content as its HTML, in lines that align in a fixed-width reader. */
export function runText(notice: RunNotice, says: { headline: string; lead?: string; verb: string; after: readonly string[] }): string {
  const width = Math.max(4, ...notice.actions.map((one) => figure(one.count).length));
  return [
    says.headline,
    `${notice.institution}, run ${notice.run}, ${notice.at}.`,
    "",
    ...notice.actions.map(({ action, count, parts }) =>
      `  ${ACTION_SIGNS[action].glyph} ${figure(count).padStart(width)}  ${ACTION_SIGNS[action].done.padEnd(12)} ${parts.join(", ")}`.trimEnd(),
    ),
    ...(notice.actions.length > 0 ? [""] : []),
    ...(notice.lookFirst.length > 0 ? [`${says.lead ?? "Look at first:"} ${notice.lookFirst.join(" ")}`, ""] : []),
    `${says.verb}: ${notice.url}`,
    ...says.after,
    "",
    ...footText(`You get this as ${notice.role} of ${notice.institution}.`, notice.stopUrl),
    "",
  ].join("\n");
}
