import { RunFrame } from "./run-frame";
import { changes, environmentWord, type RunNotice, sumOf, totalOf } from "./run-notice";
import { runText } from "./run-text";

const headline = (notice: RunNotice): string =>
  `${changes(totalOf(notice))} ${totalOf(notice) === 1 ? "waits" : "wait"} for you. Nothing has been written.`;
const press = (notice: RunNotice): string => `Review ${changes(totalOf(notice))}`;

export const runReadySubject = (notice: RunNotice): string =>
  `[${environmentWord(notice)}] ${changes(totalOf(notice))} ready to review — ${notice.institution}`;

/** A plan waits for its review. */
export function RunReady(notice: RunNotice) {
  return (
    <RunFrame notice={notice} inbox={`${sumOf(notice)}. Nothing has been written yet.`} headline={headline(notice)} press={press(notice)}>
      Prepared {notice.at}. The next run of this feed replaces this plan if you do nothing. You sign in to see names; this link cannot
      commit anything.
    </RunFrame>
  );
}

export const runReadyText = (notice: RunNotice): string =>
  runText(notice, {
    headline: headline(notice),
    verb: press(notice),
    after: ["(sign-in needed; this link cannot commit anything)", "The next run of this feed replaces this plan if you do nothing."],
  });
