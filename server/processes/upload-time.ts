import { subscribe } from "node:diagnostics_channel";
import { Server } from "node:http";

/** Two hours: a gigabyte at 150 kB a second. */
export const UPLOAD_MS_MAX = 2 * 60 * 60 * 1000;

/** A delivery of which no file has arrived for so long is given up: whatever was still on its way has been cut off. */
export const ABANDONED_MS = UPLOAD_MS_MAX + 60 * 60 * 1000;

/**
 * Lets a request take longer than the five minutes after which Node cuts it off, however steadily its bytes come. Headers
 * must still arrive within Node's minute. The server is Next's own and has no setting for it, so it is met at a request.
 */
export function letUploadsLast(): void {
  subscribe("http.server.request.start", (message) => {
    if (typeof message === "object" && message !== null && "server" in message && message.server instanceof Server) {
      message.server.requestTimeout = UPLOAD_MS_MAX;
    }
  });
}
