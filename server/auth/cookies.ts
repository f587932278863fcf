import { env } from "@/server/env";

/** Over https every cookie carries the `__Host-` prefix, so that no other host and no plain connection can plant one (T8). */
export const isSecure = new URL(env.ROLLCALL_URL).protocol === "https:";
const named = (name: string): string => `${isSecure ? "__Host-" : ""}rollcall.${name}`;

/** Holds the sealed id of a session, and nothing else. */
export const SESSION_COOKIE = named("session");
/** Says that this session gave its second factor: a token of its own, beside the session's cookie. */
export const STAFF_COOKIE = named("staff");
/** Known only to the browser that asked to sign in; binds its link and code to it. */
export const BROWSER_COOKIE = named("browser");
export const CSRF_COOKIE = named("csrf");
export const DESTINATION_COOKIE = named("destination");

export const cookieOptions = { httpOnly: true, sameSite: "lax", path: "/", secure: isSecure } as const;

/** The value of one cookie of a request, or null. */
export const cookieOf = (headers: Headers, name: string): string | null => cookiesOf(headers).get(name) ?? null;

/** Every cookie of a request; of two with one name the first, as browsers send the most specific one first. */
export function cookiesOf(headers: Headers): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).trim();
    if (at > 0 && name !== "" && !cookies.has(name)) cookies.set(name, decoded(pair.slice(at + 1).trim()));
  }
  return cookies;
}

/** A `Set-Cookie` line for a cookie that lives so long; 0 seconds removes it. */
export const cookieLine = (name: string, value: string, seconds: number): string =>
  `${name}=${encodeURIComponent(value)}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`;

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
