import { decode } from "next-auth/jwt";
import { env } from "@/server/env";
import { keyFor } from "@/server/secrets";
import { cookieOf } from "./cookies";

/** Over https every cookie carries the `__Host-` prefix, so that no other host and no plain connection can plant one. */
const isSecure = new URL(env.ROLLCALL_URL).protocol === "https:";
const cookieName = (name: string): string => `${isSecure ? "__Host-" : ""}rollcall.${name}`;

export const SESSION_COOKIE = cookieName("session");

const secret = (): string => keyFor("session").toString("base64url");

/** The session that a request claims: the one thing that its signed cookie holds. Whether it still stands is the database's word. */
export async function sessionIdOf(headers: Headers): Promise<string | null> {
  const token = cookieOf(headers, SESSION_COOKIE);
  if (token === null) return null;
  try {
    const claims = await decode({ token, secret: secret() });
    return typeof claims?.sessionId === "string" ? claims.sessionId : null;
  } catch {
    // Sealed by another key, altered or past its days: the same as no cookie.
    return null;
  }
}
