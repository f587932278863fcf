import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { sessions } from "@/db/schema";
import type { Actor } from "@/server/auth/actor";
import { untenanted } from "@/server/database";

/** The browsers in which this account is signed in now, the last seen one first. */
export async function listSessions(actor: Actor) {
  const rows = await untenanted((tx) =>
    tx
      .select({
        id: sessions.id,
        createdAt: sessions.createdAt,
        seenAt: sessions.seenAt,
        expiresAt: sessions.expiresAt,
        browser: sessions.browser,
      })
      .from(sessions)
      .where(
        and(
          eq(sessions.accountId, actor.accountId),
          isNull(sessions.revokedAt),
          sql`${sessions.expiresAt} > now()`,
          sql`${sessions.seenAt} > now() - interval '8 hours'`,
        ),
      )
      .orderBy(desc(sessions.seenAt)),
  );
  return rows.map((row) => ({ ...row, current: row.id === actor.sessionId }));
}
