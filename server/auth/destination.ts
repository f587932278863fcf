const BASE = "http://rollcall.invalid";
/** Where a sign-in may lead. Everything else leads to `/`, which finds the right place by itself. */
const ALLOWED = /^\/(?:i\/[^/]|institutions(?:\/|$)|vendor(?:\/|$)|dev\/mail(?:\/|$))/;

/**
 * The path to go to after signing in: one of our own, or `/`. Judged as a browser would resolve it, so that neither another
 * host, nor a backslash, nor a climb out of an allowed path gets through (T33).
 */
export function destinationOf(typed: string | null | undefined): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop some of them inside addresses, so none may pass.
  if (typed === null || typed === undefined || typed.length > 2_000 || !typed.startsWith("/") || /[\u0000-\u0020\\]/.test(typed))
    return "/";
  const url = URL.parse(typed, BASE);
  if (url === null || url.origin !== BASE || !ALLOWED.test(url.pathname)) return "/";
  return url.pathname + url.search;
}
