import { createHmac } from "node:crypto";

/**
 * The body as sent and its `x-inngest-signature`. The text is JSON with sorted keys, over which the SDK computes the HMAC
 * again. The time is this process's own: the handler that checks it (±5 min) runs in the same process, so a skewed clock
 * cannot refuse a call.
 */
export function signed(body: unknown, signingKey: string): { text: string; signature: string } {
  const text = canonical(JSON.parse(JSON.stringify(body)));
  const at = Math.floor(Date.now() / 1000).toString();
  const mac = createHmac("sha256", signingKey.replace(/^signkey-\w+-/, ""))
    .update(text)
    .update(at)
    .digest("hex");
  return { text, signature: `t=${at}&s=${mac}` };
}

/** RFC 8785 for values that came out of JSON.parse. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.join(",")}}`;
}
