import superjson from "superjson";
import { answerAuth } from "@/server/auth/session";
import { answerProcedures } from "@/server/trpc/http";

const ORIGIN = "http://localhost:3000";

/** A browser as far as our doors see one: it keeps cookies and says where its requests come from. */
export interface TestBrowser {
  readonly cookies: Map<string, string>;
  /** Calls NextAuth's door as its client does: with the CSRF token for a POST. Returns the error's name, or null when it went well. */
  signInBy(provider: "link" | "code" | "invitation" | "sign-up", given: Record<string, string>): Promise<string | null>;
  signOut(): Promise<void>;
  /** A procedure over HTTP, as a page calls it. */
  call(
    path: string,
    input: unknown,
  ): Promise<{ status: number; data: unknown; error: { message: string; data: Record<string, unknown> } | null }>;
  query(path: string, input?: unknown): Promise<{ status: number; data: unknown }>;
  send(path: string, init?: RequestInit): Promise<Response>;
}

/** A new browser without cookies. `network` is the address from which it comes. */
export function openBrowser(network = "203.0.113.7"): TestBrowser {
  const cookies = new Map<string, string>();

  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers({ host: "localhost:3000", "user-agent": "Firefox", "x-forwarded-for": network });
    if (init.method === "POST") headers.set("origin", ORIGIN);
    if (cookies.size > 0) headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    const request = new Request(ORIGIN + path, { ...init, headers });
    const response = await (path.startsWith("/api/auth/") ? answerAuth(request) : answerProcedures(request));
    for (const line of response.headers.getSetCookie()) keep(cookies, line);
    return response;
  };

  const postForm = async (path: string, given: Record<string, string>): Promise<{ url?: string }> => {
    const csrf = (await (await send("/api/auth/csrf")).json()) as { csrfToken: string };
    const body = new URLSearchParams({ ...given, csrfToken: csrf.csrfToken, callbackUrl: "/", json: "true" });
    const response = await send(path, { method: "POST", body, headers: { "content-type": "application/x-www-form-urlencoded" } });
    return (await response.json()) as { url?: string };
  };

  return {
    cookies,
    send,
    signInBy: async (provider, given) => {
      const { url } = await postForm(`/api/auth/callback/${provider}`, given);
      return new URL(url ?? ORIGIN, ORIGIN).searchParams.get("error");
    },
    signOut: async () => {
      await postForm("/api/auth/signout", {});
    },
    call: async (path, input) => {
      const response = await send(`/api/trpc/${path}`, {
        method: "POST",
        body: JSON.stringify(superjson.serialize(input)),
        headers: { "content-type": "application/json", "x-rollcall": "1" },
      });
      return { status: response.status, ...(await unpacked(response)) };
    },
    query: async (path, input) => {
      const asked = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(superjson.serialize(input)))}`;
      const response = await send(`/api/trpc/${path}${asked}`, { headers: { "x-rollcall": "1" } });
      return { status: response.status, data: (await unpacked(response)).data };
    },
  };
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = "", ...attributes] = line.split(/;\s*/);
  const at = pair.indexOf("=");
  const ended = attributes.some((one) => /^max-age=0$/i.test(one) || (/^expires=/i.test(one) && Date.parse(one.slice(8)) <= Date.now()));
  if (ended || pair.length === at + 1) cookies.delete(pair.slice(0, at));
  else cookies.set(pair.slice(0, at), pair.slice(at + 1));
}

async function unpacked(response: Response) {
  const body = (await response.json()) as {
    result?: { data: Parameters<typeof superjson.deserialize>[0] };
    error?: { json: { message: string; data: Record<string, unknown> } };
  };
  return { data: body.result === undefined ? null : superjson.deserialize(body.result.data), error: body.error?.json ?? null };
}
