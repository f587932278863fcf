import { eq } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { institutions, mails } from "@/db/schema";
import { env } from "@/server/env";
import type { NotificationKind } from "./kinds";
import { recipientsOf } from "./recipients";
import { renderStep } from "./render";

/** What happened; `id` names it, so that it is told once. */
export type Step =
  | { readonly kind: "handOff"; readonly id: string; readonly isPrepared: boolean }
  | { readonly kind: "member"; readonly id: string; readonly role: string }
  | { readonly kind: "welcome"; readonly id: string; readonly run: number; readonly mails: number };

/** Writes to the members concerned that a step was taken: into the outbox, in the caller's transaction, once per step and recipient. */
export async function notifyStep(tx: Transaction, of: { institutionId: number; step: Step }): Promise<void> {
  const { institutionId, step } = of;
  const kind: NotificationKind = step.kind;
  const recipients = await recipientsOf(tx, { institutionId, kind });
  const [institution] = await tx
    .select({ name: institutions.name, slug: institutions.slug })
    .from(institutions)
    .where(eq(institutions.id, institutionId));
  if (institution === undefined) throw new Error("A step of no institution");
  const { path, ...words } = wordsOf(step);
  for (const { email, role, stopUrl } of recipients) {
    const mail = await renderStep({
      ...words,
      institution: institution.name,
      url: new URL(`/i/${institution.slug}${path}`, env.ROLLCALL_URL).toString(),
      foot: `You get this as ${role === "owner" || role === "admin" ? "an" : "a"} ${role} of ${institution.name}.`,
      stopUrl,
    });
    await tx
      .insert(mails)
      .values({ runId: step.id, ofInstitution: institutionId, kind: storedKind(step), recipient: email, ...mail })
      .onConflictDoNothing();
  }
}

/** A member is no person of a roster: the outbox forgets the recipients of welcome mails themselves, and sends those last. */
const storedKind = ({ kind }: Step): string => (kind === "welcome" ? "welcomeHeld" : kind);

const figures = new Intl.NumberFormat("en-US");

function wordsOf(step: Step): { headline: string; sentences: string[]; press: string; path: string } {
  switch (step.kind) {
    case "handOff":
      return {
        headline: "The files that you asked for have come",
        sentences: [
          "The colleague who got your link has sent them, and they can be read.",
          step.isPrepared
            ? "A first plan is being prepared; you hear when it is ready."
            : "Another run is at work, so they wait for the next one.",
        ],
        press: "See where it stands",
        path: "/setup",
      };
    case "member":
      return {
        headline: "An invitation was accepted",
        sentences: [`Somebody who was invited belongs to the institution now, as ${step.role}.`],
        press: "See who belongs to it",
        path: "/settings/members",
      };
    case "welcome":
      return {
        headline: `${figures.format(step.mails)} welcome ${step.mails === 1 ? "mail is" : "mails are"} held`,
        sentences: ["Nothing was sent. Look at why, and send or cancel them."],
        press: "Look at them",
        path: `/production/runs/${step.run}/welcome`,
      };
    default:
      return step satisfies never;
  }
}
