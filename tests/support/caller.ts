import { randomUUID } from "node:crypto";
import type { Actor } from "@/server/auth/actor";
import { createCallerFactory } from "@/server/trpc/init";
import { appRouter } from "@/server/trpc/root";

const callerOf = createCallerFactory(appRouter);

/** Procedures as this person; null is somebody who did not sign in. */
export const callerAs = (actor: Actor | null) =>
  callerOf({ actor, requestId: randomUUID(), now: new Date(), headers: new Headers(), answer: null });
