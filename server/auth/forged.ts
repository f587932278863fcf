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
function isOurs(origin: string, request: Request): boolean {
  if (origin === new URL(env.ROLLCALL_URL).origin) return true;
  return !isProduction && origin === `http://${request.headers.get("host")}`;
}
