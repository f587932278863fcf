import { RunFrame } from "./run-frame";
import { changes, environmentWord, type RunNotice, totalOf } from "./run-notice";
import { runText } from "./run-text";

const headline = (notice: RunNotice): string => `The plan of run ${notice.run} expired. Nothing has changed.`;
const press = "See the report";

export const runExpiredSubject = (notice: RunNotice): string =>
  `[${environmentWord(notice)}] ${changes(totalOf(notice))} expired undecided — ${notice.institution}`;

/** A plan about which nobody decided. */
export function RunExpired(notice: RunNotice) {
  return (
    <RunFrame notice={notice} inbox={notice.lookFirst.join(" ")} headline={headline(notice)} lead="Why:" press={press}>
      Ended {notice.at}. What arrived stays and comes along with the next run.
    </RunFrame>
  );
}

export const runExpiredText = (notice: RunNotice): string =>
  runText(notice, {
    headline: headline(notice),
    lead: "Why:",
    verb: press,
    after: ["(sign-in needed)", "What arrived stays and comes along with the next run."],
  });
