import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { BROWSER_COOKIE, cookieOf } from "@/server/auth/cookies";
import { untenanted } from "@/server/database";
import { SignInRefused } from "./refused";
import { browserDigestOf, linkDigestOf } from "./secrets";
import { startSession } from "./start-session";

/**
 * Uses a link up and starts a session; the id of that session. Of any number of presses one succeeds. Throws SignInRefused:
 * `Ended` (used, expired, replaced or unknown), or `OtherBrowser` when another browser asked for it.
 */
export async function pressLink(token: string, headers: Headers): Promise<string> {
  const linkDigest = linkDigestOf(token);
  const nonce = cookieOf(headers, BROWSER_COOKIE);
  const browserDigest = nonce === null ? null : browserDigestOf(nonce);
  return untenanted(async (tx) => {
    const [used] = await tx.execute<{ accountId: number }>(sql`
      update sign_ins set used_at = now()
      where link_digest = ${linkDigest}
        and used_at is null
        and replaced_at is null
        and expires_at > now()
        and (browser_digest is null or browser_digest = ${browserDigest})
        and account_id in (select id from accounts where disabled_at is null)
      returning account_id as "accountId"`);
    if (used === undefined) throw new SignInRefused((await isAlive(tx, linkDigest)) ? "OtherBrowser" : "Ended");
    return startSession(tx, { accountId: used.accountId, headers });
  });
}

async function isAlive(tx: Transaction, linkDigest: string): Promise<boolean> {
  const found = await tx.execute(sql`
    select from sign_ins
    where link_digest = ${linkDigest} and used_at is null and replaced_at is null and expires_at > now()`);
  return found.length > 0;
}
