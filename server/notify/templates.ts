import { render } from "react-email";
import { type DataNotice, DataNoticeMail, dataNoticeSubject, dataNoticeText } from "@/emails/data-notice";
import { HandOff, type HandOffMail, handOffSubject, handOffText } from "@/emails/hand-off";
import { Invitation, type InvitationMail, invitationSubject, invitationText } from "@/emails/invitation";
import { Promotion, type PromotionNotice, promotionSubject, promotionText } from "@/emails/promotion";
import { RunCommitted, runCommittedSubject, runCommittedText } from "@/emails/run-committed";
import { RunExpired, runExpiredSubject, runExpiredText } from "@/emails/run-expired";
import { RunFailed, runFailedSubject, runFailedText } from "@/emails/run-failed";
import { RunHeld, runHeldSubject, runHeldText } from "@/emails/run-held";
import type { RunNotice } from "@/emails/run-notice";
import { RunReady, runReadySubject, runReadyText } from "@/emails/run-ready";
import { SignIn, type SignInMail, signInSubject, signInText } from "@/emails/sign-in";
import { SignUp, type SignUpMail, signUpSubject, signUpText } from "@/emails/sign-up";
import { Step, type StepMail, stepSubject, stepText } from "@/emails/step";
import { Welcome, type WelcomeMail, welcomeSubject, welcomeText } from "@/emails/welcome";
import type { NoticeKind, RenderedMail } from "./render";

const runTemplates = {
  ready: { Mail: RunReady, subject: runReadySubject, text: runReadyText },
  held: { Mail: RunHeld, subject: runHeldSubject, text: runHeldText },
  committed: { Mail: RunCommitted, subject: runCommittedSubject, text: runCommittedText },
  failed: { Mail: RunFailed, subject: runFailedSubject, text: runFailedText },
  expired: { Mail: RunExpired, subject: runExpiredSubject, text: runExpiredText },
} satisfies Record<NoticeKind, unknown>;

export async function renderRunTemplate(kind: NoticeKind, notice: RunNotice): Promise<RenderedMail> {
  const { Mail, subject, text } = runTemplates[kind];
  return { subject: oneLine(subject(notice)), html: await render(Mail(notice)), text: text(notice) };
}

export async function renderPromotionTemplate(notice: PromotionNotice): Promise<RenderedMail> {
  return { subject: oneLine(promotionSubject(notice)), html: await render(Promotion(notice)), text: promotionText(notice) };
}

export async function renderSignInTemplate(mail: SignInMail): Promise<RenderedMail> {
  return { subject: signInSubject, html: await render(SignIn(mail)), text: signInText(mail) };
}

export async function renderSignUpTemplate(mail: SignUpMail): Promise<RenderedMail> {
  return { subject: oneLine(signUpSubject(mail)), html: await render(SignUp(mail)), text: signUpText(mail) };
}

export async function renderHandOffTemplate(mail: HandOffMail): Promise<RenderedMail> {
  return { subject: oneLine(handOffSubject(mail)), html: await render(HandOff(mail)), text: handOffText(mail) };
}

export async function renderInvitationTemplate(mail: InvitationMail): Promise<RenderedMail> {
  return { subject: oneLine(invitationSubject(mail)), html: await render(Invitation(mail)), text: invitationText(mail) };
}

export async function renderWelcomeTemplate(mail: WelcomeMail): Promise<RenderedMail> {
  return { subject: oneLine(welcomeSubject(mail)), html: await render(Welcome(mail)), text: welcomeText(mail) };
}

export async function renderDataNoticeTemplate(notice: DataNotice): Promise<RenderedMail> {
  return { subject: oneLine(dataNoticeSubject(notice)), html: await render(DataNoticeMail(notice)), text: dataNoticeText(notice) };
}

export async function renderStepTemplate(mail: StepMail): Promise<RenderedMail> {
  return { subject: oneLine(stepSubject(mail)), html: await render(Step(mail)), text: stepText(mail) };
}

/** A header is one line: an institution's name must not begin another (T13). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out.
const oneLine = (subject: string): string => subject.replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, " ").slice(0, 200);
