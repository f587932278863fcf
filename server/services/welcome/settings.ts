import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { welcomeSettings } from "@/db/schema";
import { BODY_MAX, DEFAULT_WORDS, SUBJECT_MAX, WELCOME_PARTS } from "@/server/roster/welcome";

/** The subject and the body, with their placeholders. */
export const WelcomeWordsInput = z.object({ subject: z.string().max(SUBJECT_MAX), body: z.string().max(BODY_MAX) });

/** What an institution says about its welcome mails. */
export const WelcomeSettings = WelcomeWordsInput.extend({
  parts: z.array(z.enum(WELCOME_PARTS)).min(1, "Choose who gets a mail"),
  /** Also people who were archived and came back. */
  alsoReturning: z.boolean(),
  waveSize: z.number().int().min(1).max(500),
  waveMinutes: z.number().int().min(1).max(1_440),
  /** A commit that makes more mails than this due waits for a person. */
  holdAbove: z.number().int().min(1).max(1_000_000),
});
export type WelcomeSettings = z.infer<typeof WelcomeSettings>;

export const DEFAULT_WELCOME: WelcomeSettings = {
  ...DEFAULT_WORDS,
  parts: ["students", "teachers"],
  alsoReturning: false,
  waveSize: 200,
  waveMinutes: 10,
  holdAbove: 500,
};

/** What was saved, else the defaults. */
export async function welcomeSettingsOf(tx: Transaction, institutionId: number): Promise<WelcomeSettings> {
  const [row] = await tx.select().from(welcomeSettings).where(eq(welcomeSettings.institutionId, institutionId));
  return row === undefined ? DEFAULT_WELCOME : WelcomeSettings.parse(row);
}
