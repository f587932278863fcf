import { and, desc, eq, gt, sql } from "drizzle-orm";
import { feeds, handOffs } from "@/db/schema";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { asTenant } from "@/server/database";
import { namesOf } from "@/server/services/runs/people";

export interface HandOffLine {
  readonly id: string;
  readonly feed: { readonly id: number; readonly name: string };
  readonly email: string;
  readonly by: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** `open`: it waits for the colleague. */
  readonly state: "open" | "done" | "ended" | "expired";
}

/** Steps that were handed on in the last 30 days, newest first. */
export async function listHandOffs(actor: TenantActor): Promise<HandOffLine[]> {
  authorize(actor, "feed:manage");
  return asTenant(actor.institutionId, async (tx) => {
    const rows = await tx
      .select({ handOff: handOffs, feed: { id: feeds.id, name: feeds.name } })
      .from(handOffs)
      .innerJoin(feeds, and(eq(feeds.institutionId, handOffs.institutionId), eq(feeds.id, handOffs.feedId)))
      .where(and(eq(handOffs.institutionId, actor.institutionId), gt(handOffs.createdAt, sql`now() - interval '30 days'`)))
      .orderBy(desc(handOffs.createdAt))
      .limit(50);
    const nameOf = await namesOf(
      tx,
      rows.map(({ handOff }) => handOff.createdBy),
    );
    return rows.map(({ handOff, feed }) => ({
      id: handOff.id,
      feed,
      email: handOff.email,
      by: nameOf(handOff.createdBy),
      createdAt: handOff.createdAt,
      expiresAt: handOff.expiresAt,
      state: stateOf(handOff),
    }));
  });
}

function stateOf(handOff: typeof handOffs.$inferSelect): HandOffLine["state"] {
  if (handOff.doneAt !== null) return "done";
  if (handOff.endedAt !== null) return "ended";
  return handOff.expiresAt.getTime() <= Date.now() ? "expired" : "open";
}
