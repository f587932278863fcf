import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { sessions } from "@/db/schema";

/** A session ends after so many days, whatever happens; after 8 idle hours it ended before. */
export const SESSION_DAYS = 30;

/** A new session, never an old id made good again; returns its id. */
export async function startSession(tx: Transaction, of: { accountId: number; headers: Headers }): Promise<string> {
  const [made] = await tx
    .insert(sessions)
    .values({
      accountId: of.accountId,
      expiresAt: sql`now() + make_interval(days => ${SESSION_DAYS})`,
      browser: of.headers.get("user-agent")?.slice(0, 200) ?? null,
    })
    .returning({ id: sessions.id });
  if (made === undefined) throw new Error("A session was not made");
  return made.id;
}
