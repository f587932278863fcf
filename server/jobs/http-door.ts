import type { IncomingMessage } from "node:http";

/** Our runs carry at most 200 steps of 4 KB; a call larger than this is none of ours. */
const BODY_BYTES_MAX = 5 * 1024 * 1024;

/**
 * Answers an HTTP call to the functions' endpoint. The body is handed on as a stream, so that a call without a fresh signature
 * is refused before one byte of it is read, and nobody makes the worker hold more than `bytesMax` of it (413).
 */
export async function answerCall(
  request: IncomingMessage,
  handler: (request: Request) => Promise<Response>,
  bytesMax: number = BODY_BYTES_MAX,
): Promise<Response> {
  const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "localhost"}`);
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) if (value !== undefined) headers.set(name, String(value));
  const method = request.method ?? "GET";
  if (method === "GET" || method === "HEAD") return handler(new Request(url, { method, headers }));
  if (Number(headers.get("content-length") ?? 0) > bytesMax) return tooLarge();
  const body = bounded(request, bytesMax);
  try {
    // Node asks for `duplex` where a body is a stream; the browser's types do not know it.
    const init: RequestInit & { duplex: "half" } = { method, headers, body: body.stream, duplex: "half" };
    const response = await handler(new Request(url, init));
    return body.isOver() ? tooLarge() : response;
  } catch (cause) {
    if (body.isOver()) return tooLarge();
    throw cause;
  }
}

/** The bytes as they come; the stream fails when there are more than `bytesMax`. */
function bounded(request: IncomingMessage, bytesMax: number): { stream: ReadableStream<Uint8Array>; isOver(): boolean } {
  const parts = request[Symbol.asyncIterator]();
  let bytes = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await parts.next();
        if (done === true) return controller.close();
        bytes += value.byteLength;
        if (bytes > bytesMax) return controller.error(new Error("The body is too large"));
        controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, isOver: () => bytes > bytesMax };
}

/** What is left of the body is not waited for. */
const tooLarge = (): Response => new Response(null, { status: 413, headers: { connection: "close" } });
