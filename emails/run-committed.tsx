import { RunFrame } from "./run-frame";
import { changes, environmentWord, figure, type RunNotice, sumOf, totalOf } from "./run-notice";
import { runText } from "./run-text";

const headline = (notice: RunNotice): string =>
  `${changes(totalOf(notice))} ${totalOf(notice) === 1 ? "is" : "are"} in ${environmentWord(notice)}.`;
const press = "Open the report";
const leftOff = (notice: RunNotice): string => (notice.leftOff === 0 ? "" : ` ${figure(notice.leftOff)} left out, as chosen.`);

export const runCommittedSubject = (notice: RunNotice): string =>
  `[${environmentWord(notice)}] ${changes(totalOf(notice))} committed — ${notice.institution}`;

/** What was reviewed is in the roster. */
export function RunCommitted(notice: RunNotice) {
  return (
    <RunFrame notice={notice} inbox={`${sumOf(notice)}.${leftOff(notice)}`} headline={headline(notice)} press={press}>
      Committed {notice.at}.{leftOff(notice)} Nothing was erased: what is archived returns when the source lists it again.
    </RunFrame>
  );
}

export const runCommittedText = (notice: RunNotice): string =>
  runText(notice, {
    headline: headline(notice),
    verb: press,
    after: ["(sign-in needed)", ...(notice.leftOff === 0 ? [] : [leftOff(notice).trim()])],
  });
