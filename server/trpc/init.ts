import { randomUUID } from "node:crypto";
import { initTRPC, TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";
import superjson from "superjson";
import { z } from "zod";
import { type Actor, actorOf, memberOf } from "@/server/auth/actor";
import { cookieOf, STAFF_COOKIE } from "@/server/auth/cookies";
import { handOffActor } from "@/server/auth/hand-off";
import { type Permission, type StaffPermission, type StaffRole, staffCan } from "@/server/auth/permissions";
import { sessionIdOf } from "@/server/auth/session";
import { viewerIn, viewOf } from "@/server/auth/view";
import { AppError, type ErrorCode } from "@/server/errors";
import { failureOf } from "@/server/failure";
import { log } from "@/server/log";
import { noteReading } from "@/server/services/view-as/note-reading";

/** What a procedure knows of the request before it looks at its input. */
export interface Context {
  readonly actor: Actor | null;
  readonly requestId: string;
  readonly now: Date;
  readonly headers: Headers;
  /** Where an answer's own headers go (cookies); null where a page asks on the server. */
  readonly answer: Headers | null;
}

/** Whose data a procedure touches, and what it takes to be let in. `tests/tenancy` walks these. */
export type Meta =
  | { readonly scope: "public" | "account" | "staff" | "handOff"; readonly permission: null }
  | { readonly scope: "institution"; readonly permission: Permission }
  | { readonly scope: "vendor"; readonly permission: StaffPermission };

/** Looks the session up anew, and the staff session beside it, so that a revoked one ends here. */
export async function createContext(request: { headers: Headers; answer?: Headers }): Promise<Context> {
  const sessionId = await sessionIdOf(request.headers);
  const actor = sessionId === null ? null : await actorOf(sessionId, cookieOf(request.headers, STAFF_COOKIE));
  return { actor, requestId: randomUUID(), now: new Date(), headers: request.headers, answer: request.answer ?? null };
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    transformer: superjson,
    errorFormatter: ({ shape, error, ctx }) => ({
      code: shape.code,
      message: shape.message,
      data: {
        code: shape.data.code,
        httpStatus: shape.data.httpStatus,
        path: shape.data.path,
        requestId: ctx?.requestId ?? null,
        appCode: error.cause instanceof AppError ? error.cause.code : null,
        details: error.cause instanceof AppError ? (error.cause.data ?? null) : null,
      },
    }),
  });

const trpcCodes: Record<ErrorCode, TRPC_ERROR_CODE_KEY> = {
  UNAUTHENTICATED: "UNAUTHORIZED",
  FORBIDDEN: "FORBIDDEN",
  SECOND_FACTOR: "FORBIDDEN",
  NOT_FOUND: "NOT_FOUND",
  INVALID: "BAD_REQUEST",
  CONFLICT: "CONFLICT",
  STALE: "CONFLICT",
  HELD: "PRECONDITION_FAILED",
  TOO_LARGE: "PAYLOAD_TOO_LARGE",
  TOO_MANY: "TOO_MANY_REQUESTS",
  UNAVAILABLE: "SERVICE_UNAVAILABLE",
};

/** The one place where failures become answers: ours by their code, everything else without a word of what it was. */
const errorsMapped = t.middleware(async ({ ctx, path, next }) => {
  const result = await next();
  if (result.ok) return result;
  const cause = result.error.cause;
  if (cause instanceof AppError) {
    if (cause.internal !== undefined) log.info({ requestId: ctx.requestId, path, code: cause.code, internal: cause.internal }, "refused");
    throw new TRPCError({ code: trpcCodes[cause.code], message: cause.message, cause });
  }
  if (cause instanceof z.ZodError) {
    const data = { fields: cause.issues.map((issue) => ({ path: issue.path.map(String), message: issue.message })) };
    const invalid = new AppError("INVALID", "Something in this request is not as it should be", { data });
    throw new TRPCError({ code: "BAD_REQUEST", message: invalid.message, cause: invalid });
  }
  if (result.error.code !== "INTERNAL_SERVER_ERROR") throw result.error;
  log.error({ requestId: ctx.requestId, path, ...failureOf(cause ?? result.error) }, "a procedure failed");
  throw new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: `Something went wrong on our side. Reference: ${ctx.requestId}`, cause });
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** For everyone, signed in or not. */
export const publicProcedure = t.procedure.meta({ scope: "public", permission: null }).use(errorsMapped);

/** For a person who signed in, about themselves. */
export const accountProcedure = t.procedure
  .meta({ scope: "account", permission: null })
  .use(errorsMapped)
  .use(({ ctx, next }) => next({ ctx: { actor: signedIn(ctx) } }));

const OfInstitution = z.object({ institution: z.string().min(1).max(63) });

/**
 * For members of the institution that the input names by its slug, whose role holds `permission`. The context becomes a
 * `TenantActor`: hand it to the verb. A foreign institution answers as an unknown one does. Staff who look at the institution
 * (T37) are let in to read, and to nothing that changes anything, whatever its permission and whatever else they are there.
 */
export const institutionProcedure = (permission: Permission) =>
  t.procedure
    .meta({ scope: "institution", permission })
    .use(errorsMapped)
    .input(OfInstitution)
    .use(async ({ ctx, input, next, path, type }) => {
      const actor = signedIn(ctx);
      const view = await viewOf(actor);
      if (view?.slug === input.institution) {
        const viewer = viewerIn(actor, view);
        if (type !== "query" || !viewer.can(permission)) throw new AppError("FORBIDDEN", "You only look here; nothing can be changed");
        await noteReading(viewer, view, { path, permission });
        return next({ ctx: { actor, ...viewer } });
      }
      const member = await memberOf(actor, input.institution);
      if (!member.can(permission)) throw new AppError("FORBIDDEN", "Your role does not allow this", { internal: permission });
      return next({ ctx: { actor, ...member } });
    });

/** For a person of the vendor about their own second factor: signed in by mail, and not yet further. */
export const staffProcedure = t.procedure
  .meta({ scope: "staff", permission: null })
  .use(errorsMapped)
  .use(({ ctx, next }) => next({ ctx: { actor: ofTheStaff(signedIn(ctx)) } }));

/** For vendor staff who gave their second factor in this browser and whose role holds `permission`. */
export const vendorProcedure = (permission: StaffPermission) =>
  t.procedure
    .meta({ scope: "vendor", permission })
    .use(errorsMapped)
    .use(({ ctx, next }) => {
      const actor = ofTheStaff(signedIn(ctx));
      const { staffSessionId } = actor;
      if (staffSessionId === null) throw new AppError("SECOND_FACTOR", "Confirm that it is you with your second factor first");
      if (!staffCan(actor.staffRole, permission))
        throw new AppError("FORBIDDEN", "Your role does not allow this", { internal: permission });
      return next({ ctx: { actor: { ...actor, staffSessionId } } });
    });

/** For whoever holds the link that the input names by its token: the context is that link's, whoever may be signed in. */
export const handOffProcedure = t.procedure
  .meta({ scope: "handOff", permission: null })
  .use(errorsMapped)
  .input(z.object({ token: z.string().min(1).max(100) }))
  .use(async ({ input, next }) => next({ ctx: { holder: await handOffActor(input.token) } }));

function signedIn(ctx: Context): Actor {
  if (ctx.actor === null) throw new AppError("UNAUTHENTICATED", "Sign in first");
  return ctx.actor;
}

function ofTheStaff(actor: Actor): Actor & { readonly staffRole: StaffRole } {
  const { staffRole } = actor;
  if (staffRole === null) throw new AppError("FORBIDDEN", "This is for the vendor's staff");
  return { ...actor, staffRole };
}
