import { sql } from "drizzle-orm";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { untenanted } from "@/server/database";
import { AppError } from "@/server/errors";
import { digestOf } from "@/server/secrets";

const WINDOW_SECONDS = 15 * 60;
/** Mails to one address (T24). */
const MAILS_MAX = 3;
/** Requests from one network address: a whole school sits behind one. */
const REQUESTS_MAX = 60;
const CODES_MAX = 60;
/** Invitations of one institution: a new one brings its whole staff on one day. */
const INVITATIONS_MAX = 100;
/** Institutions that one network address may ask for. */
const SIGN_UPS_MAX = 20;
/** Tries of one person at their second factor. Whoever is counted has signed in already, so nobody locks another out. */
const SECOND_FACTORS_MAX = 10;

/** Counts one request to sign in. Throws TOO_MANY, alike for known and unknown addresses. */
export async function countRequest(email: string, headers: Headers): Promise<void> {
  const network = networkOf(headers);
  if (network !== null) await count(limiter("sign-in/network", REQUESTS_MAX), network);
  await count(limiter("sign-in/mail", MAILS_MAX), digestOf("rate limit", email));
}

/** Counts one request to set up an institution; its mail counts among those to the address. Throws TOO_MANY. */
export async function countSignUp(email: string, headers: Headers): Promise<void> {
  const network = networkOf(headers);
  if (network !== null) await count(limiter("sign-up/network", SIGN_UPS_MAX), network);
  await countRequest(email, headers);
}

/** Counts one try at a code, beside the few that each request allows. Throws TOO_MANY. */
export async function countCode(headers: Headers): Promise<void> {
  const network = networkOf(headers);
  if (network !== null) await count(limiter("sign-in/code", CODES_MAX), network);
}

/** Counts one invitation to an address, from an institution where there is one that asks. Throws TOO_MANY. */
export async function countInvitation(email: string, institutionId: number | null): Promise<void> {
  if (institutionId !== null) await count(limiter("invitation/institution", INVITATIONS_MAX), String(institutionId));
  await count(limiter("invitation/mail", MAILS_MAX), digestOf("rate limit", email));
}

/** Counts one try of an account at its second factor. Throws TOO_MANY. */
export async function countSecondFactor(accountId: number): Promise<void> {
  await count(limiter("sign-in/second-factor", SECOND_FACTORS_MAX), String(accountId));
}

async function count(limit: RateLimiterPostgres, key: string): Promise<void> {
  try {
    await limit.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    const retryAfterSeconds = Math.ceil(refused.msBeforeNext / 1000);
    const minutes = Math.max(1, Math.ceil(retryAfterSeconds / 60));
    throw new AppError("TOO_MANY", `That was too often. Try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`, {
      data: { retryAfterSeconds },
    });
  }
}

const limiters = new Map<string, RateLimiterPostgres>();

function limiter(keyPrefix: string, points: number): RateLimiterPostgres {
  const known = limiters.get(keyPrefix);
  if (known !== undefined) return known;
  const made = new RateLimiterPostgres({
    storeClient: { query: queryAlone },
    storeType: "client",
    tableName: "rate_limits",
    tableCreated: true,
    keyPrefix,
    points,
    duration: WINDOW_SECONDS,
  });
  limiters.set(keyPrefix, made);
  return made;
}

/** The library's statements, each in a transaction of its own: a try counts also when what it tried is rolled back. */
async function queryAlone(statement: { text: string; values: unknown[] }) {
  const parts = statement.text.split(/\$(\d+)/);
  const query = sql.join(parts.map((part, index) => (index % 2 === 0 ? sql.raw(part) : sql`${statement.values[Number(part) - 1]}`)));
  const rows = await untenanted((tx) => tx.execute(query));
  return { rows: [...rows], rowCount: rows.count };
}

/** The nearest hop that was told to us. Null where there is none: then nothing is counted by network, so that no lock is everybody's. */
function networkOf(headers: Headers): string | null {
  const hop = headers.get("x-forwarded-for")?.split(",").at(-1)?.trim();
  return hop === undefined || hop === "" ? null : hop.slice(0, 64);
}
