import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { isForged } from "@/server/auth/forged";
import { createContext } from "./init";
import { appRouter } from "./root";

/** Only our own pages set it; another site's form or image cannot, and its script is stopped by the browser first. */
const OWN_HEADER = "x-rollcall";

/**
 * Procedures over HTTP, batches included. Changing ones are POST only, as JSON, from our own origin: tRPC by itself would
 * also take forms and raw bytes, which any page of any site can send (T7).
 */
export async function answerProcedures(request: Request): Promise<Response> {
  if (request.headers.get(OWN_HEADER) === null) return refused("this door is for Rollcall's own pages");
  if (request.method === "POST") {
    if (isForged(request)) return refused("this request came from another site");
    const contentType = request.headers.get("content-type") ?? "";
    if (!/^application\/json\s*(;|$)/i.test(contentType)) return refused("only JSON is taken here");
  }
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    createContext: ({ resHeaders }) => createContext({ headers: request.headers, answer: resHeaders }),
    responseMeta: () => ({ headers: { "cache-control": "private, no-store" } }),
  });
}

const refused = (why: string): Response =>
  Response.json({ error: why }, { status: 403, headers: { "cache-control": "private, no-store" } });
