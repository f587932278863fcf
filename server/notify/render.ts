import type { DataNotice } from "@/emails/data-notice";
import type { HandOffMail } from "@/emails/hand-off";
import type { InvitationMail } from "@/emails/invitation";
import type { PromotionNotice } from "@/emails/promotion";
import type { RunNotice } from "@/emails/run-notice";
import type { SignInMail } from "@/emails/sign-in";
import type { SignUpMail } from "@/emails/sign-up";
import type { StepMail } from "@/emails/step";
import type { WelcomeMail } from "@/emails/welcome";

/** A mail as the outbox keeps it. */
export interface RenderedMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** What happened to a run, as far as people are written to about it. */
export const NOTICE_KINDS = ["ready", "held", "committed", "failed", "expired"] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/**
 * The renderer takes a second and 50 MB to load, so it is loaded when the first mail is written, not when the process starts.
 * Whoever writes a mail in a transaction that others wait for loads it before.
 */
export const loadRenderer = () => import("./templates");

export async function renderRun(kind: NoticeKind, notice: RunNotice): Promise<RenderedMail> {
  return (await loadRenderer()).renderRunTemplate(kind, notice);
}

export async function renderPromotion(notice: PromotionNotice): Promise<RenderedMail> {
  return (await loadRenderer()).renderPromotionTemplate(notice);
}

export async function renderSignIn(mail: SignInMail): Promise<RenderedMail> {
  return (await loadRenderer()).renderSignInTemplate(mail);
}

export async function renderSignUp(mail: SignUpMail): Promise<RenderedMail> {
  return (await loadRenderer()).renderSignUpTemplate(mail);
}

export async function renderHandOff(mail: HandOffMail): Promise<RenderedMail> {
  return (await loadRenderer()).renderHandOffTemplate(mail);
}

export async function renderInvitation(mail: InvitationMail): Promise<RenderedMail> {
  return (await loadRenderer()).renderInvitationTemplate(mail);
}

export async function renderWelcome(mail: WelcomeMail): Promise<RenderedMail> {
  return (await loadRenderer()).renderWelcomeTemplate(mail);
}

export async function renderDataNotice(notice: DataNotice): Promise<RenderedMail> {
  return (await loadRenderer()).renderDataNoticeTemplate(notice);
}

export async function renderStep(mail: StepMail): Promise<RenderedMail> {
  return (await loadRenderer()).renderStepTemplate(mail);
}
