import { setTimeout as pause } from "node:timers/promises";
import { and, eq, isNull, sql } from "drizzle-orm";
import { accounts, mails, signIns } from "@/db/schema";
import { BROWSER_COOKIE, cookieLine } from "@/server/auth/cookies";
import { destinationOf } from "@/server/auth/destination";
import { untenanted } from "@/server/database";
import { renderSignIn } from "@/server/notify/render";
import { emailFrom } from "./email";
import { countRequest } from "./limits";
import { linkTo } from "./link-for";
import { browserDigestOf, codeDigestOf, LIFE_MINUTES, linkDigestOf, newCode, newToken } from "./secrets";

/** No answer comes sooner, so that the one small insert that a known address costs more is not seen from outside (T24). */
const ANSWER_AFTER_MS = 150;

/** The browser that asks, and where its cookie goes. */
export interface AskingBrowser {
  readonly headers: Headers;
  readonly answer: Headers;
}

/**
 * Sends one mail with a link and a code that sign this address in, once, within ten minutes, in this browser. Earlier ones of
 * the address end. An address without an account gets the same answer after the same work, and no mail.
 * Throws INVALID for what is no plain address, TOO_MANY after three in fifteen minutes.
 */
export async function requestSignIn(
  asked: { email: string; callback?: string | undefined },
  browser: AskingBrowser,
): Promise<{ expiresAt: Date }> {
  const email = emailFrom(asked.email);
  await countRequest(email, browser.headers);
  const nonce = newToken();
  const [expiresAt] = await Promise.all([record(email, nonce, destinationOf(asked.callback)), pause(ANSWER_AFTER_MS)]);
  browser.answer.append("set-cookie", cookieLine(BROWSER_COOKIE, nonce, LIFE_MINUTES * 60));
  return { expiresAt };
}

async function record(email: string, nonce: string, destination: string): Promise<Date> {
  const [token, code] = [newToken(), newCode()];
  const mail = await renderSignIn({ url: linkTo(token, destination), code, minutes: LIFE_MINUTES });
  return untenanted(async (tx) => {
    // Requests for one address come one after the other: of two at once, too, only the later one lives.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('sign-in'), hashtext(${email}))`);
    const [account] = await tx
      .select({ id: accounts.id })
      .from(accounts)
      .where(and(eq(accounts.email, email), isNull(accounts.disabledAt)));
    await tx
      .update(signIns)
      .set({ replacedAt: sql`now()` })
      .where(and(eq(signIns.email, email), isNull(signIns.usedAt), isNull(signIns.replacedAt)));
    const [made] = await tx
      .insert(signIns)
      .values({
        email,
        accountId: account?.id ?? null,
        linkDigest: linkDigestOf(token),
        codeDigest: codeDigestOf(nonce, code),
        browserDigest: browserDigestOf(nonce),
        expiresAt: sql`now() + make_interval(mins => ${LIFE_MINUTES})`,
      })
      .returning({ expiresAt: signIns.expiresAt });
    if (made === undefined) throw new Error("A sign-in was not made");
    if (account !== undefined) await tx.insert(mails).values({ kind: "signIn", recipient: email, ...mail });
    return made.expiresAt;
  });
}
