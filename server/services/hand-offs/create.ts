import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import type { Transaction } from "@/db/client";
import { feeds, handOffs, mails } from "@/db/schema";
import { audit } from "@/server/audit";
import { authorize, type TenantActor } from "@/server/auth/actor";
import { handOffDigestOf } from "@/server/auth/hand-off";
import { asTenant } from "@/server/database";
import { env } from "@/server/env";
import { AppError } from "@/server/errors";
import { loadRenderer, renderHandOff } from "@/server/notify/render";
import { labelOf } from "@/server/services/feeds/label";
import { namesOf } from "@/server/services/runs/people";
import { emailFrom } from "@/server/services/sign-in/email";
import { newToken } from "@/server/services/sign-in/secrets";

export const CreateHandOff = z.object({
  feed: z.number().int().positive(),
  email: z.string().max(1_000),
  /** What the colleague should know. */
  note: z.string().trim().max(500).default(""),
});

/** A link lives so long, unless it is ended before. */
const LIFE_DAYS = 7;
/** Links of one institution that wait at a time: mails go to addresses that nobody here has checked. */
const OPEN_MAX = 10;

/**
 * Hands the step of bringing a feed's files to a colleague: a mail with a link of their own. An earlier link to the same person
 * for this feed ends. Throws NOT_FOUND, INVALID for what is no address, TOO_MANY.
 */
export async function createHandOff(actor: TenantActor, raw: z.input<typeof CreateHandOff>): Promise<{ id: string; expiresAt: Date }> {
  authorize(actor, "feed:manage");
  const input = CreateHandOff.parse(raw);
  const email = emailFrom(input.email);
  const token = newToken();
  const { institutionId, institution } = actor;
  await loadRenderer();
  return asTenant(institutionId, async (tx) => {
    const feed = await findFeed(tx, actor, input.feed);
    await tx
      .update(handOffs)
      .set({ endedAt: sql`now()` })
      .where(
        and(eq(handOffs.institutionId, institutionId), eq(handOffs.feedId, feed.id), eq(handOffs.email, email), isNull(handOffs.endedAt)),
      );
    await refuseTooMany(tx, actor);
    const [made] = await tx
      .insert(handOffs)
      .values({
        institutionId,
        feedId: feed.id,
        email,
        note: input.note,
        tokenDigest: handOffDigestOf(token),
        createdBy: actor.accountId,
        expiresAt: sql`now() + make_interval(days => ${LIFE_DAYS})`,
      })
      .returning({ id: handOffs.id, expiresAt: handOffs.expiresAt });
    if (made === undefined) throw new Error("A hand-off was not made");
    const from = (await namesOf(tx, [actor.accountId]))(actor.accountId) ?? institution.name;
    const mail = await renderHandOff({
      url: linkTo(token),
      institution: institution.name,
      from,
      source: labelOf(feed.source),
      note: input.note,
      days: LIFE_DAYS,
    });
    await tx.insert(mails).values({ kind: "handOff", recipient: email, ...mail });
    await audit(tx, actor, { verb: "handOff.create", subject: `hand-off ${made.id}`, detail: { feed: feed.id } });
    return made;
  });
}

/** The page that the link opens. Opening it changes nothing. */
function linkTo(token: string): string {
  const url = new URL("/hand-off", env.ROLLCALL_URL);
  url.searchParams.set("token", token);
  return url.toString();
}

async function findFeed(tx: Transaction, actor: TenantActor, id: number) {
  const [feed] = await tx
    .select()
    .from(feeds)
    .where(and(eq(feeds.institutionId, actor.institutionId), eq(feeds.id, id), isNull(feeds.disabledAt)));
  if (feed === undefined) throw new AppError("NOT_FOUND", "There is no such feed");
  return feed;
}

async function refuseTooMany(tx: Transaction, actor: TenantActor): Promise<void> {
  const open = await tx.$count(
    handOffs,
    and(
      eq(handOffs.institutionId, actor.institutionId),
      isNull(handOffs.endedAt),
      isNull(handOffs.doneAt),
      sql`${handOffs.expiresAt} > now()`,
    ),
  );
  if (open >= OPEN_MAX) throw new AppError("TOO_MANY", `At most ${OPEN_MAX} links may wait at a time. End one first.`);
}
