import { signed } from "@/server/durable/signature";

/**
 * Tells the real server that the client names where these functions are: the PUT that a person would send with curl, signed
 * when there is a key, because unsigned ones are refused. Answers the status that came back.
 */
export async function register(
  handler: (request: Request) => Promise<Response>,
  url: string,
  signingKey: string | undefined,
): Promise<number> {
  const { text, signature } = signingKey === undefined ? { text: "{}", signature: null } : signed({}, signingKey);
  const headers: Record<string, string> = { host: new URL(url).host, "content-type": "application/json" };
  if (signature !== null) headers["x-inngest-signature"] = signature;
  return (await handler(new Request(url, { method: "PUT", headers, body: text }))).status;
}
