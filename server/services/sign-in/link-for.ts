import { sql } from "drizzle-orm";
import { signIns } from "@/db/schema";
import { untenanted } from "@/server/database";
import { env } from "@/server/env";
import { accountFor } from "../members/account";
import { LIFE_MINUTES, linkDigestOf, newToken } from "./secrets";

/** The page with the button. Opening it consumes nothing. */
export function linkTo(token: string, destination: string): string {
  const url = new URL("/login/link", env.ROLLCALL_URL);
  url.searchParams.set("token", token);
  if (destination !== "/") url.searchParams.set("to", destination);
  return url.toString();
}

/**
 * A link that signs this address in from any browser, once, within ten minutes: for whoever holds a shell on the machine, and
 * prints it. Makes the account unless it exists.
 */
export async function signInLink(email: string): Promise<string> {
  const token = newToken();
  await untenanted(async (tx) => {
    const account = await accountFor(tx, { email });
    await tx.insert(signIns).values({
      email: account.email,
      accountId: account.id,
      linkDigest: linkDigestOf(token),
      // No browser asked, so no code can be typed.
      codeDigest: "",
      browserDigest: null,
      expiresAt: sql`now() + make_interval(mins => ${LIFE_MINUTES})`,
    });
  });
  return linkTo(token, "/");
}
