import { RunFrame } from "./run-frame";
import { changes, environmentWord, type RunNotice, totalOf } from "./run-notice";
import { runText } from "./run-text";

const headline = (notice: RunNotice): string =>
  `${changes(totalOf(notice))} ${totalOf(notice) === 1 ? "is" : "are"} held. Nothing has been written.`;
const press = "See why it is held";

export const runHeldSubject = (notice: RunNotice): string =>
  `[${environmentWord(notice)}] Held: ${changes(totalOf(notice))} ${totalOf(notice) === 1 ? "needs" : "need"} a look — ${notice.institution}`;

/** A plan went past a limit: nobody and nothing commits it before a person has looked. */
export function RunHeld(notice: RunNotice) {
  return (
    <RunFrame notice={notice} inbox={notice.lookFirst.join(" ")} headline={headline(notice)} press={press}>
      Prepared {notice.at}. A held plan never commits by itself. You sign in to see names; this link cannot commit anything.
    </RunFrame>
  );
}

export const runHeldText = (notice: RunNotice): string =>
  runText(notice, {
    headline: headline(notice),
    verb: press,
    after: ["(sign-in needed; this link cannot commit anything)", "A held plan never commits by itself."],
  });
