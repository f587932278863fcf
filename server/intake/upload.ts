import { randomUUID } from "node:crypto";
import { z } from "zod";
import { actorOf, memberOf, type TenantActor } from "@/server/auth/actor";
import { isForged } from "@/server/auth/forged";
import { handOffActor } from "@/server/auth/hand-off";
import { sessionIdOf } from "@/server/auth/session";
import { AppError, type ErrorCode } from "@/server/errors";
import { failureOf } from "@/server/failure";
import { log } from "@/server/log";
import { receiveFile } from "@/server/services/deliveries/receive";

/** Only our own pages set it (T7). */
const OWN_HEADER = "x-rollcall";
/** Holds the token of a hand-off, which is sent in no address. */
const HAND_OFF_HEADER = "x-rollcall-hand-off";

const statuses: Record<ErrorCode, number> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  SECOND_FACTOR: 403,
  NOT_FOUND: 404,
  INVALID: 400,
  CONFLICT: 409,
  STALE: 409,
  HELD: 412,
  TOO_LARGE: 413,
  TOO_MANY: 429,
  UNAVAILABLE: 503,
};

/**
 * The upload door: `PUT /api/uploads/<delivery>/<file name>?institution=<slug>` with the file's bytes, from our own pages, by a
 * signed-in member who may create deliveries, or with the token of a hand-off instead. Answers `{ bytes, digest }`, or
 * `{ error, code }` with the status of its failure.
 */
export async function receiveUpload(request: Request): Promise<Response> {
  const requestId = randomUUID();
  try {
    if (request.headers.get(OWN_HEADER) === null || isForged(request)) {
      throw new AppError("FORBIDDEN", "This request came from another site");
    }
    const { sender, only } = await senderFrom(request);
    const announced = announcedBy(request);
    if (only !== null && only !== announced.delivery) throw new AppError("NOT_FOUND", "This file was not announced");
    const received = await receiveFile(sender, { ...announced, chunks: bytesOf(request) });
    return answer(200, received);
  } catch (cause) {
    if (cause instanceof AppError) return answer(statuses[cause.code], { error: cause.message, code: cause.code });
    log.error({ requestId, ...failureOf(cause) }, "an upload failed");
    return answer(500, { error: `Something went wrong on our side. Reference: ${requestId}`, code: null });
  }
}

/** A member by their session, or whoever holds a link to this one step, by its token, for the link's own delivery alone (`only`). */
async function senderFrom(request: Request): Promise<{ sender: TenantActor; only: string | null }> {
  const token = request.headers.get(HAND_OFF_HEADER);
  if (token !== null) {
    const sender = await handOffActor(token);
    return { sender, only: sender.handOff.deliveryId ?? "" };
  }
  const sessionId = await sessionIdOf(request.headers);
  const actor = sessionId === null ? null : await actorOf(sessionId);
  if (actor === null) throw new AppError("UNAUTHENTICATED", "Sign in first");
  return { sender: await memberOf(actor, new URL(request.url).searchParams.get("institution") ?? ""), only: null };
}

/** Delivery and name as the address has them; what cannot be either was not announced. */
function announcedBy(request: Request): { delivery: string; name: string } {
  const [delivery, file] = new URL(request.url).pathname.split("/").slice(-2);
  const id = z.uuid().safeParse(delivery);
  if (!id.success || file === undefined) throw new AppError("NOT_FOUND", "This file was not announced");
  try {
    return { delivery: id.data, name: decodeURIComponent(file) };
  } catch (cause) {
    throw new AppError("NOT_FOUND", "This file was not announced", { cause });
  }
}

async function* bytesOf(request: Request): AsyncGenerator<Buffer> {
  if (request.body === null) return;
  for await (const chunk of request.body) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

const answer = (status: number, body: Record<string, unknown>): Response =>
  Response.json(body, { status, headers: { "cache-control": "private, no-store" } });
