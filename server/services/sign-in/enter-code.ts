import { sql } from "drizzle-orm";
import { BROWSER_COOKIE, cookieOf } from "@/server/auth/cookies";
import { untenanted } from "@/server/database";
import { AppError } from "@/server/errors";
import { countCode } from "./limits";
import { SignInRefused } from "./refused";
import { browserDigestOf, codeDigestOf } from "./secrets";
import { startSession } from "./start-session";

/** Tries that one request allows: after them only its link, or a new request, signs in. */
const TRIES_MAX = 5;

/**
 * Uses a code up, in the browser that asked for it, and starts a session; the id of that session. Throws SignInRefused:
 * `WrongCode`, `Ended` (no request of this browser waits for a code) or `TooMany`.
 */
export async function enterCode(code: string, headers: Headers): Promise<string> {
  await counted(headers);
  const nonce = cookieOf(headers, BROWSER_COOKIE);
  if (nonce === null) throw new SignInRefused("Ended");
  const outcome = await untenanted(async (tx) => {
    const [tried] = await tx.execute<{ accountId: number | null; isRight: boolean; triesLeft: number }>(sql`
      update sign_ins
      set used_at = case when sign_ins.code_digest = ${codeDigestOf(nonce, code)} and a.id is not null then now() end,
          wrong_codes = sign_ins.wrong_codes + case when sign_ins.code_digest = ${codeDigestOf(nonce, code)} and a.id is not null then 0 else 1 end
      from sign_ins one
      left join accounts a on a.id = one.account_id and a.disabled_at is null
      where one.id = sign_ins.id
        and sign_ins.browser_digest = ${browserDigestOf(nonce)}
        and sign_ins.used_at is null
        and sign_ins.replaced_at is null
        and sign_ins.expires_at > now()
        and sign_ins.wrong_codes < ${TRIES_MAX}
      returning a.id as "accountId", sign_ins.used_at is not null as "isRight", ${TRIES_MAX} - sign_ins.wrong_codes as "triesLeft"`);
    if (tried === undefined) return "Ended";
    if (!tried.isRight || tried.accountId === null) return tried.triesLeft > 0 ? "WrongCode" : "Ended";
    return { sessionId: await startSession(tx, { accountId: tried.accountId, headers }) };
  });
  // Thrown only now: inside, it would take back the counting of a wrong try.
  if (typeof outcome === "string") throw new SignInRefused(outcome);
  return outcome.sessionId;
}

async function counted(headers: Headers): Promise<void> {
  try {
    await countCode(headers);
  } catch (cause) {
    if (cause instanceof AppError && cause.code === "TOO_MANY") throw new SignInRefused("TooMany", { cause });
    throw cause;
  }
}
