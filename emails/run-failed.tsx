import { RunFrame } from "./run-frame";
import { environmentWord, type RunNotice } from "./run-notice";
import { runText } from "./run-text";

const headline = (notice: RunNotice): string => `Run ${notice.run} did not finish. Nothing has changed.`;
const press = "See what happened";

export const runFailedSubject = (notice: RunNotice): string =>
  `[${environmentWord(notice)}] Run ${notice.run} failed, nothing changed — ${notice.institution}`;

/** A run ended without a plan. */
export function RunFailed(notice: RunNotice) {
  return (
    <RunFrame notice={notice} inbox={notice.lookFirst.join(" ")} headline={headline(notice)} lead="Why:" press={press}>
      Ended {notice.at}. The roster is as it was before. Sending the files again, or the next scheduled run, starts anew.
    </RunFrame>
  );
}

export const runFailedText = (notice: RunNotice): string =>
  runText(notice, {
    headline: headline(notice),
    lead: "Why:",
    verb: press,
    after: ["(sign-in needed)", "The roster is as it was before."],
  });
