import type { Inngest, InngestFunction } from "inngest";
import { serve } from "inngest/edge";

type RouteHandler = (request: Request) => Promise<Response>;

/** What a route file exports, by HTTP method. */
export interface JobsRoute {
  readonly GET: RouteHandler;
  readonly POST: RouteHandler;
  readonly PUT: RouteHandler;
  readonly PATCH: RouteHandler;
  readonly OPTIONS: RouteHandler;
  readonly DELETE: RouteHandler;
}

/** Inngest signs within five minutes; older calls are refused. */
const AGE_MS_MAX = 5 * 60_000;
/** A run's whole state travels in one call; 4 MB a step and at most 200 steps of 4 KB leave this ample. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;

/**
 * The endpoint of a list of functions. Unsigned, stale and wrongly signed calls get 401 (registration included), other methods
 * 405 without content. Towards a dev server, which does not sign, signatures are not asked for.
 */
export function jobsRoute(client: Inngest.Any, functions: readonly InngestFunction.Any[]): JobsRoute {
  const handler = serve({ client, functions, enableUnauthedSync: false });
  const guarded: RouteHandler = async (request) => {
    if (client.mode === "cloud" && !isFresh(request.headers.get("x-inngest-signature"))) return unauthorized();
    if (Number(request.headers.get("content-length") ?? 0) > BODY_BYTES_MAX) return new Response(null, { status: 413 });
    try {
      return await handler(request);
    } catch (cause) {
      // The SDK reads the body before it checks the signature, and rejects when that is not JSON.
      if (cause instanceof SyntaxError) return client.mode === "cloud" ? unauthorized() : new Response(null, { status: 400 });
      throw cause;
    }
  };
  const refused: RouteHandler = async () => new Response(null, { status: 405, headers: { allow: "GET, POST, PUT" } });
  return { GET: guarded, POST: guarded, PUT: guarded, PATCH: refused, OPTIONS: refused, DELETE: refused };
}

/** One function for all methods, for servers that do not route by method and for calls inside the process. */
export function dispatcher(route: JobsRoute): (request: Request) => Promise<Response> {
  return (request) => {
    switch (request.method) {
      case "GET":
        return route.GET(request);
      case "POST":
        return route.POST(request);
      case "PUT":
        return route.PUT(request);
      default:
        return route.OPTIONS(request);
    }
  };
}

/** Refuses what needs no reading of the body: no signature, or one whose time is off. The SDK checks the rest. */
function isFresh(signature: string | null): boolean {
  const at = Number(new URLSearchParams(signature ?? "").get("t") ?? Number.NaN) * 1000;
  return Math.abs(Date.now() - at) <= AGE_MS_MAX;
}

/** Nobody waits for the rest of a body that was not read. */
const unauthorized = (): Response => Response.json({ message: "Unauthorized" }, { status: 401, headers: { connection: "close" } });
