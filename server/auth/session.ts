import type { NextApiRequest, NextApiResponse } from "next";
import NextAuth, { type AuthOptions } from "next-auth";
import { decode } from "next-auth/jwt";
import Credentials from "next-auth/providers/credentials";
import { failureOf } from "@/server/failure";
import { log } from "@/server/log";
import { keyFor } from "@/server/secrets";
import { acceptInvitation } from "@/server/services/invitations/accept";
import { endSession } from "@/server/services/session/revoke";
import { enterCode } from "@/server/services/sign-in/enter-code";
import { pressLink } from "@/server/services/sign-in/press-link";
import { SignInRefused } from "@/server/services/sign-in/refused";
import { SESSION_DAYS } from "@/server/services/sign-in/start-session";
import { confirmSignUp } from "@/server/services/sign-up/confirm";
import { CSRF_COOKIE, cookieOf, cookieOptions, cookiesOf, DESTINATION_COOKIE, isSecure, SESSION_COOKIE } from "./cookies";
import { destinationOf } from "./destination";
import { isForged, originOf } from "./forged";

const secret = (): string => keyFor("session").toString("base64url");

/** The session that a request claims: the one thing that its sealed cookie holds. Whether it still stands is the database's word. */
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

const options = (request: Request): AuthOptions => ({
  secret: secret(),
  useSecureCookies: isSecure,
  session: { strategy: "jwt", maxAge: SESSION_DAYS * 24 * 60 * 60 },
  cookies: {
    sessionToken: { name: SESSION_COOKIE, options: cookieOptions },
    csrfToken: { name: CSRF_COOKIE, options: cookieOptions },
    callbackUrl: { name: DESTINATION_COOKIE, options: cookieOptions },
  },
  pages: { signIn: "/login", signOut: "/login", error: "/login" },
  providers: [
    Credentials({
      id: "link",
      name: "Link",
      credentials: { token: {} },
      authorize: async (given) => ({ id: await signedIn(request, () => pressLink(given?.token ?? "", request.headers)) }),
    }),
    Credentials({
      id: "code",
      name: "Code",
      credentials: { code: {} },
      authorize: async (given) => ({ id: await signedIn(request, () => enterCode(given?.code ?? "", request.headers)) }),
    }),
    Credentials({
      id: "invitation",
      name: "Invitation",
      credentials: { token: {} },
      authorize: async (given) => ({ id: await signedIn(request, () => acceptInvitation(given?.token ?? "", request.headers)) }),
    }),
    Credentials({
      id: "sign-up",
      name: "Sign-up",
      credentials: { token: {} },
      authorize: async (given) => ({ id: await signedIn(request, () => confirmSignUp(given?.token ?? "", request.headers)) }),
    }),
  ],
  callbacks: {
    jwt: ({ token, user }) => ({ sessionId: user?.id ?? token.sessionId }),
    session: ({ session }) => ({ expires: session.expires }),
    redirect: ({ url }) => originOf(request) + destinationOf(pathOf(url, request)),
  },
  events: {
    signOut: async ({ token }) => {
      if (typeof token?.sessionId === "string") await endSession(token.sessionId);
    },
  },
  logger: {
    error: (code, about) => log.warn({ code, ...failureOf(about instanceof Error ? about : about.error) }, "sign-in failed"),
    warn: (code) => log.debug({ code }, "sign-in"),
    debug: () => {},
  },
});

/**
 * The new session's id. Whoever signs in leaves the session that the browser had, so that a planted one dies with it (T8).
 * NextAuth writes the message of whatever is thrown into an address, so nothing but a word of ours may leave here.
 */
async function signedIn(request: Request, signIn: () => Promise<string>): Promise<string> {
  try {
    const sessionId = await signIn();
    const before = await sessionIdOf(request.headers);
    if (before !== null) await endSession(before);
    return sessionId;
  } catch (cause) {
    if (cause instanceof SignInRefused) throw cause;
    log.error(failureOf(cause), "signing in failed");
    throw new SignInRefused("Unavailable", { cause });
  }
}

/** NextAuth hands on addresses that it made before: ours are told by their path, others are none of ours. */
function pathOf(url: string, request: Request): string {
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  return parsed.origin === originOf(request) ? parsed.pathname + parsed.search : "/";
}

/** What a GET may ask; none of it consumes anything, so link scanners may follow whatever they find (T25). */
const READING = new Set(["csrf", "providers", "session", "signin", "signout", "error"]);

/** NextAuth's door: signing in by link or code, signing out. Changing requests come by POST from our own pages only. */
export async function answerAuth(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const [action = "", provider] = url.pathname.split("/").slice(3);
  if (request.method === "POST") {
    if (isForged(request)) return Response.json({ error: "this request came from another site" }, { status: 403 });
  } else if (request.method !== "GET" || !READING.has(action)) {
    return new Response(null, { status: 405, headers: { allow: READING.has(action) ? "GET, POST" : "POST" } });
  }
  return answeredAsApiRoute(
    {
      method: request.method,
      headers: Object.fromEntries(request.headers),
      cookies: Object.fromEntries(cookiesOf(request.headers)),
      query: { ...Object.fromEntries(url.searchParams), nextauth: provider === undefined ? [action] : [action, provider] },
      body: request.method === "POST" ? Object.fromEntries(new URLSearchParams(await request.text())) : undefined,
    },
    options(request),
  );
}

interface ApiRequest {
  method: string;
  headers: Record<string, string>;
  cookies: Record<string, string>;
  query: Record<string, string | string[]>;
  body: Record<string, string> | undefined;
}

/**
 * Runs NextAuth by its older door, that of Next's API routes, since its newer one reads the request from Next's own scope
 * and so answers nowhere else. The casts: these two objects hold all that this door touches of Next's larger ones.
 */
async function answeredAsApiRoute(request: ApiRequest, options: AuthOptions): Promise<Response> {
  let status = 200;
  let body: string | null = null;
  const headers = new Map<string, string | string[]>();
  const answer = {
    status: (code: number) => {
      status = code;
      return answer;
    },
    getHeader: (name: string) => headers.get(name.toLowerCase()),
    setHeader: (name: string, value: string | string[]) => {
      headers.set(name.toLowerCase(), value);
      return answer;
    },
    json: (value: unknown) => {
      headers.set("content-type", "application/json");
      body = JSON.stringify(value);
    },
    send: (value: unknown) => {
      body = typeof value === "string" ? value : JSON.stringify(value ?? null);
    },
    end: () => {},
  };
  await NextAuth(request as unknown as NextApiRequest, answer as unknown as NextApiResponse, options);
  const sent = new Headers({ "cache-control": "private, no-store" });
  for (const [name, value] of headers) for (const each of [value].flat()) sent.append(name, each);
  return new Response(body, { status, headers: sent });
}
