import { and, eq, isNull, sql } from "drizzle-orm";
import { sessions } from "@/db/schema";
import type { Actor } from "@/server/auth/actor";
import { untenanted } from "@/server/database";
import { AppError } from "@/server/errors";

/** Ends one session of one's own; it is refused at its next request. Somebody else's is NOT_FOUND, as an unknown one is. */
export async function revokeSession(actor: Actor, id: string): Promise<{ id: string }> {
  const [ended] = await untenanted((tx) =>
    tx
      .update(sessions)
      .set({ revokedAt: sql`coalesce(${sessions.revokedAt}, now())` })
      .where(and(eq(sessions.id, id), eq(sessions.accountId, actor.accountId)))
      .returning({ id: sessions.id }),
  );
  if (ended === undefined) throw new AppError("NOT_FOUND", "There is no such session");
  return ended;
}

/** Ends every session of one's own, this one included. */
export async function revokeEverySession(actor: Actor): Promise<{ ended: number }> {
  const ended = await untenanted((tx) =>
    tx
      .update(sessions)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(sessions.accountId, actor.accountId), isNull(sessions.revokedAt)))
      .returning({ id: sessions.id }),
  );
  return { ended: ended.length };
}

/** Ends a session that its own cookie names. */
export async function endSession(id: string): Promise<void> {
  await untenanted((tx) =>
    tx
      .update(sessions)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(sessions.id, id), isNull(sessions.revokedAt))),
  );
}
