import { createTRPCClient, httpBatchLink, type TRPCClient } from "@trpc/client";
import superjson from "superjson";
import type { AppRouter } from "./root";

/** A person with a browser, without the browser: the same requests, cookies kept between them. For the demo and tests. */
export interface Person {
  readonly api: TRPCClient<AppRouter>;
  /** A request to a path of the system, as one of our own pages makes it. */
  request(path: string, init?: RequestInit): Promise<Response>;
}

export function personAt(url: string): Person {
  const cookies = new Map<string, string>();
  const request = async (target: string | URL, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    headers.set("origin", new URL(url).origin);
    headers.set("x-rollcall", "1");
    const response = await fetch(target, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const at = pair.indexOf("=");
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  };
  const toFetch: typeof fetch = (target, init) => request(target instanceof Request ? target.url : target, init);
  return {
    api: createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${url}/api/trpc`, transformer: superjson, fetch: toFetch })] }),
    request: (path, init) => request(new URL(path, url), init),
  };
}
