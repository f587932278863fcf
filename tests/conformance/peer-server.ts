import { createServer } from "node:http";

/** Speaks a real Inngest server's side of the protocol, as far as workers call it: registration and events. It runs nothing. */
export interface PeerServer {
  readonly url: string;
  /** What workers registered, as they sent it. */
  readonly registrations: readonly { readonly appName: string; readonly url: string; readonly functions: readonly unknown[] }[];
  readonly events: readonly { readonly id: string; readonly name: string }[];
  close(): Promise<void>;
}

/** `port` 0 for any. */
export async function startPeerServer(port = 0): Promise<PeerServer> {
  const registrations: { appName: string; url: string; functions: unknown[] }[] = [];
  const events: { id: string; name: string }[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => {
      text += part.toString();
    });
    request.on("end", () => {
      const { pathname } = new URL(request.url ?? "/", "http://peer");
      response.setHeader("content-type", "application/json");
      if (request.method === "POST" && pathname === "/fn/register") {
        registrations.push(JSON.parse(text));
        return response.end(JSON.stringify({ ok: true, modified: true, status: 200 }));
      }
      if (request.method === "POST" && pathname.startsWith("/e/")) {
        const sent: { id: string; name: string }[] = JSON.parse(text);
        events.push(...sent);
        return response.end(JSON.stringify({ ids: sent.map(({ id }) => id), status: 200 }));
      }
      return response.writeHead(404).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    registrations,
    events,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
