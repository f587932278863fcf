import type { z } from "zod";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { env } from "@/server/env";
import { faultsOfWords, linesFor, subjectFor } from "@/server/roster/welcome";
import { WelcomeWordsInput } from "./settings";

/** Where a link would lead while the vendor has not said where. */
const NOWHERE = "https://the-product.example/";

/** How a mail of these words reads to an invented person, and what is wrong with them. */
export async function previewWelcome(
  actor: TenantActor,
  raw: z.input<typeof WelcomeWordsInput>,
): Promise<{ subject: string; lines: string[]; faults: string[] }> {
  authorize(actor, "institution:read");
  const words = WelcomeWordsInput.parse(raw);
  const person = {
    "given name": "Ada",
    name: "Ada Example",
    "user name": "ada.example",
    institution: actor.institution.name,
    link: env.PRODUCT_URL ?? NOWHERE,
  };
  return { subject: subjectFor(words.subject, person), lines: linesFor(words.body, person), faults: faultsOfWords(words) };
}
