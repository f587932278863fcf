import { env, isProduction } from "@/server/env";

/**
 * Whether a request that changes something may come from another site's page (T7). A browser says where a request comes
 * from; a request that says nothing is refused, since every browser of ours says it.
 */
export function isForged(request: Request): boolean {
  const origin = request.headers.get("origin");
  if (origin !== null) return !isOurs(origin, request);
  const site = request.headers.get("sec-fetch-site");
  return site !== "same-origin";
}

/** In production our origin is the configured one; elsewhere also whichever loopback address was typed. */
const isOurs = (origin: string, request: Request): boolean => origin === new URL(env.ROLLCALL_URL).origin || origin === originOf(request);

/** The address under which this request found us, so that an answer does not lead from `127.0.0.1` to `localhost`. */
export function originOf(request: Pick<Request, "headers">): string {
  const host = request.headers.get("host");
  return isProduction || host === null ? new URL(env.ROLLCALL_URL).origin : `http://${host}`;
}
