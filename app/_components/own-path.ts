/** A path inside this site, or `/`: what a link asked us to go back to is never trusted to stay here by itself. */
export function ownPath(to: string | undefined | null): string {
  if (!to || !/^\/[^/\\]/.test(to)) return "/";
  const url = new URL(to, "http://here.invalid");
  return url.origin === "http://here.invalid" ? url.pathname + url.search : "/";
}
