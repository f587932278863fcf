import { render } from "react-email";
import { RunCommitted, runCommittedSubject, runCommittedText } from "@/emails/run-committed";
import { RunFailed, runFailedSubject, runFailedText } from "@/emails/run-failed";
import { RunHeld, runHeldSubject, runHeldText } from "@/emails/run-held";
import type { RunNotice } from "@/emails/run-notice";
import { RunReady, runReadySubject, runReadyText } from "@/emails/run-ready";
import { SignIn, type SignInMail, signInSubject, signInText } from "@/emails/sign-in";
import type { NoticeKind, RenderedMail } from "./render";

const runTemplates = {
  ready: { Mail: RunReady, subject: runReadySubject, text: runReadyText },
  held: { Mail: RunHeld, subject: runHeldSubject, text: runHeldText },
  committed: { Mail: RunCommitted, subject: runCommittedSubject, text: runCommittedText },
  failed: { Mail: RunFailed, subject: runFailedSubject, text: runFailedText },
} satisfies Record<NoticeKind, unknown>;

export async function renderRunTemplate(kind: NoticeKind, notice: RunNotice): Promise<RenderedMail> {
  const { Mail, subject, text } = runTemplates[kind];
  return { subject: oneLine(subject(notice)), html: await render(Mail(notice)), text: text(notice) };
}

export async function renderSignInTemplate(mail: SignInMail): Promise<RenderedMail> {
  return { subject: signInSubject, html: await render(SignIn(mail)), text: signInText(mail) };
}

/** A header is one line: an institution's name must not begin another (T13). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out.
const oneLine = (subject: string): string => subject.replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, " ").slice(0, 200);
