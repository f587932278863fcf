import { randomUUID } from "node:crypto";
import { actorOf, memberOf, type TenantActor } from "@/server/auth/actor";
import { sessionIdOf } from "@/server/auth/session";
import { AppError, type ErrorCode } from "@/server/errors";
import { failureOf } from "@/server/failure";
import { log } from "@/server/log";

/** What is sent, made while it is sent. */
export interface Download {
  readonly fileName: string;
  readonly type: "text/csv; charset=utf-8" | "application/zip";
  /** How many bytes there are, where that is known before. */
  readonly bytes?: number;
  readonly content: AsyncIterable<Uint8Array>;
}

const statuses: Record<ErrorCode, number> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 404,
  SECOND_FACTOR: 403,
  NOT_FOUND: 404,
  INVALID: 400,
  CONFLICT: 409,
  STALE: 409,
  HELD: 409,
  TOO_LARGE: 413,
  TOO_MANY: 429,
  UNAVAILABLE: 503,
};

/**
 * Answers a download: authorized at every hit (T5), never cached, always an attachment. Who is not signed in goes to the sign-in
 * page and comes back; what is foreign is not there. A failure on the way breaks the connection off: half a file is no file.
 */
export async function answerDownload(
  request: Request,
  institution: string,
  make: (actor: TenantActor) => Promise<Download>,
): Promise<Response> {
  const requestId = randomUUID();
  try {
    const sessionId = await sessionIdOf(request.headers);
    const actor = sessionId === null ? null : await actorOf(sessionId);
    if (actor === null) return toSignIn(request);
    const download = await make(await memberOf(actor, institution));
    return new Response(streamOf(download.content, requestId), {
      headers: {
        "content-type": download.type,
        "content-disposition": `attachment; filename="${download.fileName.replace(/[^\w.-]/g, "_")}"`,
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
        ...(download.bytes === undefined ? {} : { "content-length": String(download.bytes) }),
      },
    });
  } catch (cause) {
    if (cause instanceof AppError) return refused(statuses[cause.code], cause.message);
    log.error({ requestId, ...failureOf(cause) }, "a download failed");
    return refused(500, `Something went wrong on our side. Reference: ${requestId}`);
  }
}

function toSignIn(request: Request): Response {
  const { pathname, search } = new URL(request.url);
  return new Response(null, {
    status: 307,
    headers: { location: `/login?to=${encodeURIComponent(pathname + search)}`, "cache-control": "private, no-store" },
  });
}

const refused = (status: number, why: string): Response =>
  new Response(`${why}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "private, no-store" } });

function streamOf(content: AsyncIterable<Uint8Array>, requestId: string): ReadableStream<Uint8Array> {
  const chunks = content[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      try {
        const next = await chunks.next();
        if (next.done === true) return controller.close();
        controller.enqueue(next.value);
      } catch (cause) {
        log.error({ requestId, ...failureOf(cause) }, "a download broke off");
        controller.error(cause);
      }
    },
    async cancel() {
      await chunks.return?.();
    },
  });
}
