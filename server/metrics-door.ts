import { createHash, timingSafeEqual } from "node:crypto";
import { env } from "./env";
import { metricsText } from "./metrics";

interface Door {
  /** What a caller must show; undefined where none was set. */
  readonly token: string | undefined;
  /** The address on which people reach the app is this machine's own. */
  readonly isLocal: boolean;
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "::1", "[::1]", "::ffff:127.0.0.1"]);

const own: Door = {
  token: env.METRICS_TOKEN,
  isLocal: LOOPBACK.has(env.ROLLCALL_HOST) && LOOPBACK.has(new URL(env.ROLLCALL_URL).hostname),
};

/**
 * `GET /api/metrics` for Prometheus. Where a token is set, whoever shows it is answered, and nobody else. Where none is, only
 * this machine is, and only while the app is reached on this machine alone: a proxy in front of it would make strangers look
 * like neighbours. Everyone else gets 401.
 */
export async function answerMetrics(request: Request, door: Door = own): Promise<Response> {
  const isWelcome = door.token === undefined ? door.isLocal && isFromHere(request) : shows(request, door.token);
  if (!isWelcome) {
    return new Response(null, { status: 401, headers: { "www-authenticate": "Bearer", "cache-control": "private, no-store" } });
  }
  return new Response(await metricsText(), {
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "private, no-store" },
  });
}

/** Compared by digest, so that neither length nor time tells anything of the token. */
function shows(request: Request, token: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  const shown = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
  return timingSafeEqual(digest(shown), digest(token));
}

/** Asked under this machine's own name, and handed on by nobody: the web server notes the caller's address itself. */
function isFromHere(request: Request): boolean {
  const host = new URL(`http://${request.headers.get("host") ?? "nowhere.invalid"}`).hostname;
  const hops = (request.headers.get("x-forwarded-for") ?? "").split(",").map((hop) => hop.trim());
  const isForwarded = request.headers.get("forwarded") !== null || hops.some((hop) => hop !== "" && !LOOPBACK.has(hop));
  return LOOPBACK.has(host) && !isForwarded;
}
