import { and, eq, isNull, sql } from "drizzle-orm";
import { feeds, handOffs, institutions } from "@/db/schema";
import { asTenant, untenanted } from "@/server/database";
import { AppError } from "@/server/errors";
import { digestOf } from "@/server/secrets";
import type { TenantActor } from "./actor";
import type { Permission } from "./permissions";

/**
 * Somebody who holds a link to one step of connecting one feed, and nothing else: no account, no session, no role. What the
 * verbs allow is what it takes to bring files; that they are of this feed and this link is for `services/hand-offs` to see to.
 */
export interface HandOffActor extends TenantActor {
  readonly kind: "handOff";
  readonly handOff: {
    readonly id: string;
    readonly feed: { readonly id: number; readonly name: string; readonly source: string };
    readonly deliveryId: string | null;
    readonly note: string;
    readonly expiresAt: Date;
    readonly doneAt: Date | null;
    readonly helpContact: string | null;
  };
}

/** The link's token as it is kept. */
export const handOffDigestOf = (token: string): string => digestOf("hand-off", token);

const ALLOWED: ReadonlySet<Permission> = new Set(["delivery:create", "run:start"]);

/** Whoever holds this token. An unknown one, an ended one and one whose days are over are the same NOT_FOUND. */
export async function handOffActor(token: string): Promise<HandOffActor> {
  const [known] = await untenanted(async (tx) => [
    ...(await tx.execute<{ institutionId: number; id: string }>(
      sql`select institution_id as "institutionId", id from hand_off_of(${handOffDigestOf(token)})`,
    )),
  ]);
  if (known === undefined) throw gone();
  const { institutionId } = known;
  const [found] = await asTenant(institutionId, (tx) =>
    tx
      .select({
        handOff: handOffs,
        feed: { id: feeds.id, name: feeds.name, source: feeds.source },
        institution: { slug: institutions.slug, name: institutions.name, timeZone: institutions.timeZone },
        helpContact: institutions.helpContact,
      })
      .from(handOffs)
      .innerJoin(feeds, and(eq(feeds.institutionId, handOffs.institutionId), eq(feeds.id, handOffs.feedId), isNull(feeds.disabledAt)))
      .innerJoin(institutions, eq(institutions.id, handOffs.institutionId))
      .where(and(eq(handOffs.institutionId, institutionId), eq(handOffs.id, known.id))),
  );
  if (found === undefined) throw gone();
  const { id, deliveryId, note, expiresAt, doneAt } = found.handOff;
  return {
    kind: "handOff",
    accountId: null,
    institutionId,
    institution: found.institution,
    // The least there is; what is allowed is `can` alone.
    role: "viewer",
    can: (permission) => ALLOWED.has(permission),
    handOff: { id, feed: found.feed, deliveryId, note, expiresAt, doneAt, helpContact: found.helpContact },
  };
}

const gone = (): AppError => new AppError("NOT_FOUND", "This link has ended. Ask whoever sent it for a new one.");
