import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { mails, signUps } from "@/db/schema";
import { untenanted } from "@/server/database";
import { env } from "@/server/env";
import { AppError } from "@/server/errors";
import { renderSignUp } from "@/server/notify/render";
import { digestOf } from "@/server/secrets";
import { emailFrom } from "@/server/services/sign-in/email";
import { countSignUp } from "@/server/services/sign-in/limits";
import { newToken } from "@/server/services/sign-in/secrets";

/** Longer than a sign-in's ten minutes: schools' mail is slow, and until the link is pressed there is nothing that it could open. */
const LIFE_MINUTES = 60;

export const RequestSignUp = z.object({
  name: z.string().trim().min(1, "Say what you are called").max(200),
  email: z.string().max(1_000),
  institution: z.string().trim().min(1, "Say what your institution is called").max(200),
  timeZone: z.string().max(100),
});

/** The token of a sign-up as it is kept. */
export const signUpDigestOf = (token: string): string => digestOf("sign-up", token);

/** Whether anybody may set up an institution here, or only who was invited. */
export const isSignUpOpen = (): boolean => env.ROLLCALL_SIGN_UP === "open";

/**
 * Sends one mail with a link. Nothing is made before its press: no account, no institution. The same work, mail and answer
 * whether the address has an account or not, since nobody looks. An earlier request of the address ends.
 * Throws FORBIDDEN where the vendor invites, INVALID, and TOO_MANY.
 */
export async function requestSignUp(raw: z.input<typeof RequestSignUp>, headers: Headers): Promise<{ expiresAt: Date }> {
  if (!isSignUpOpen()) throw new AppError("FORBIDDEN", "Institutions are invited here; ask the vendor for an invitation");
  const input = RequestSignUp.parse(raw);
  const email = emailFrom(input.email);
  if (!isTimeZone(input.timeZone)) throw new AppError("INVALID", "There is no such time zone", { data: { field: "timeZone" } });
  await countSignUp(email, headers);
  const token = newToken();
  const mail = await renderSignUp({ url: linkTo(token), institution: input.institution, minutes: LIFE_MINUTES });
  return untenanted(async (tx) => {
    await tx
      .update(signUps)
      .set({ expiresAt: sql`now()` })
      .where(and(eq(signUps.email, email), isNull(signUps.usedAt)));
    const [made] = await tx
      .insert(signUps)
      .values({
        email,
        name: input.name,
        institutionName: input.institution,
        timeZone: input.timeZone,
        tokenDigest: signUpDigestOf(token),
        expiresAt: sql`now() + make_interval(mins => ${LIFE_MINUTES})`,
      })
      .returning({ expiresAt: signUps.expiresAt });
    if (made === undefined) throw new Error("A sign-up was not made");
    await tx.insert(mails).values({ kind: "signUp", recipient: email, ...mail });
    return made;
  });
}

/** The page with the button. Opening it makes nothing. */
function linkTo(token: string): string {
  const url = new URL("/signup/continue", env.ROLLCALL_URL);
  url.searchParams.set("token", token);
  return url.toString();
}

const isTimeZone = (name: string): boolean => Intl.supportedValuesOf("timeZone").includes(name) || name === "UTC";
