import { and, desc, eq, inArray, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { deletionRequests } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { AppError } from "@/server/errors";
import { loadRenderer } from "@/server/notify/render";
import { namesOf } from "@/server/services/runs/people";
import { tellDeciders, tellOwners } from "./deletion-mails";

/** How long an approved deletion waits, in which it can be stopped; the database holds it to that. */
export const WAITING_DAYS = 14;

export const RequestDeletion = z.object({
  /** The institution's name, as the person typed it. */
  typed: z.string().max(200),
  reason: z.string().trim().min(3, "Say why").max(500),
});

/** The newest request, open or ended; null: nobody ever asked. */
export async function getDeletion(actor: TenantActor) {
  authorize(actor, "data:read");
  return asTenant(actor.institutionId, async (tx) => newestDeletion(tx, actor.institutionId));
}

export async function newestDeletion(tx: Transaction, institutionId: number) {
  const [found] = await tx
    .select()
    .from(deletionRequests)
    .where(eq(deletionRequests.institutionId, institutionId))
    .orderBy(desc(deletionRequests.requestedAt))
    .limit(1);
  if (found === undefined) return null;
  const nameOf = await namesOf(tx, [found.requestedBy, found.decidedBy, found.endedBy]);
  const { state, reason, requestedAt, decidedAt, decisionNote, dueAt, endedAt } = found;
  return {
    state,
    reason,
    requestedAt,
    requestedBy: nameOf(found.requestedBy),
    decidedAt,
    decidedBy: nameOf(found.decidedBy),
    decisionNote,
    dueAt,
    endedAt,
    endedBy: nameOf(found.endedBy),
  };
}

/**
 * Asks for the end of the institution. Nothing changes before staff agree and the waiting time has passed. Throws INVALID unless its
 * name was typed, CONFLICT while a request is open, FORBIDDEN for somebody without an account.
 */
export async function requestDeletion(actor: TenantActor, raw: z.input<typeof RequestDeletion>): Promise<void> {
  authorize(actor, "data:manage");
  const input = RequestDeletion.parse(raw);
  const { institutionId, institution, accountId } = actor;
  if (accountId === null) throw new AppError("FORBIDDEN", "An owner who is signed in asks for this");
  if (input.typed.trim() !== institution.name)
    throw new AppError("INVALID", `Type the institution's name, ${institution.name}, to ask for this`);
  await loadRenderer();
  await asTenant(institutionId, async (tx) => {
    const [made] = await tx
      .insert(deletionRequests)
      .values({ institutionId, state: "requested", reason: input.reason, requestedBy: accountId })
      .onConflictDoNothing()
      .returning({ id: deletionRequests.id });
    if (made === undefined) throw new AppError("CONFLICT", "The deletion was asked for already");
    await audit(tx, actor, { verb: "deletion.request", subject: `institution ${institutionId}`, detail: { reason: input.reason } });
    const told = { institutionId, slug: institution.slug, name: institution.name };
    await tellDeciders(tx, {
      ...told,
      headline: `${institution.name} asks to be deleted`,
      sentences: ["An owner wants everything of this institution deleted. Somebody of the staff decides; nothing changes before."],
    });
    await tellOwners(tx, {
      ...told,
      headline: `The deletion of ${institution.name} was asked for`,
      sentences: [`The vendor's staff decide. If they agree it happens ${WAITING_DAYS} days later; until then any owner can stop it.`],
    });
  });
}

/** Stops a deletion that has not begun. Throws CONFLICT where there is none. */
export async function cancelDeletion(actor: TenantActor): Promise<void> {
  authorize(actor, "data:manage");
  const { institutionId, institution } = actor;
  await loadRenderer();
  await asTenant(institutionId, async (tx) => {
    await stopDeletion(tx, { institutionId, accountId: actor.accountId });
    await audit(tx, actor, { verb: "deletion.cancel", subject: `institution ${institutionId}` });
    await tellOwners(tx, {
      institutionId,
      slug: institution.slug,
      name: institution.name,
      headline: `The deletion of ${institution.name} was stopped`,
      sentences: ["Nothing was deleted."],
    });
  });
}

/** Ends an open request, whichever side asks. Throws CONFLICT where none is open, or the deletion has begun. */
export async function stopDeletion(tx: Transaction, by: { institutionId: number; accountId: number | null }): Promise<void> {
  const stopped = await tx
    .update(deletionRequests)
    .set({ state: "cancelled", endedBy: by.accountId, endedAt: sql`now()` })
    .where(and(eq(deletionRequests.institutionId, by.institutionId), inArray(deletionRequests.state, ["requested", "approved"])))
    .returning({ id: deletionRequests.id });
  if (stopped.length === 0) throw new AppError("CONFLICT", "There is no deletion that can be stopped");
}
