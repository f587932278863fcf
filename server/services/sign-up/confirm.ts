import { randomInt } from "node:crypto";
import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { signUps } from "@/db/schema";
import { untenanted } from "@/server/database";
import { AppError } from "@/server/errors";
import { createInstitution } from "@/server/services/institutions/create";
import { SignInRefused } from "@/server/services/sign-in/refused";
import { startSession } from "@/server/services/sign-in/start-session";
import { isSignUpOpen, signUpDigestOf } from "./request";
import { slugOf } from "./slug";

/** Names that are taken are told apart by so many signs. */
const TRIES = 8;

/**
 * Uses a sign-up up: its institution is made, its address has an account that owns it, and is signed in; the id of that session.
 * Of any number of presses one succeeds. Throws SignInRefused `Ended` for a link that is used, expired, replaced or unknown.
 */
export async function confirmSignUp(token: string, headers: Headers): Promise<string> {
  const asked = await claim(token);
  try {
    const { owner } = await make(asked);
    return await untenanted((tx) => startSession(tx, { accountId: owner.id, headers }));
  } catch (cause) {
    // Nothing was made, or nobody could be signed in: the link stays good for another press.
    await untenanted((tx) => tx.update(signUps).set({ usedAt: null }).where(eq(signUps.id, asked.id)));
    throw cause;
  }
}

type Asked = typeof signUps.$inferSelect;

async function claim(token: string): Promise<Asked> {
  if (!isSignUpOpen()) throw new SignInRefused("Ended");
  const [asked] = await untenanted((tx) =>
    tx
      .update(signUps)
      .set({ usedAt: sql`now()` })
      .where(and(eq(signUps.tokenDigest, signUpDigestOf(token)), isNull(signUps.usedAt), gt(signUps.expiresAt, sql`now()`)))
      .returning(),
  );
  if (asked === undefined) throw new SignInRefused("Ended");
  const disabled = await untenanted((tx) => tx.execute(sql`select from accounts where email = ${asked.email} and disabled_at is not null`));
  if (disabled.length > 0) throw new SignInRefused("Ended");
  return asked;
}

async function make(asked: Asked) {
  const base = slugOf(asked.institutionName);
  for (let n = 1; ; n += 1) {
    try {
      return await createInstitution("owner", {
        slug:
          n === 1
            ? base
            : `${base}-${randomInt(36 ** 4)
                .toString(36)
                .padStart(4, "0")}`,
        name: asked.institutionName,
        timeZone: asked.timeZone,
        ownerEmail: asked.email,
        ownerName: asked.name,
      });
    } catch (cause) {
      if (!(cause instanceof AppError) || cause.code !== "CONFLICT" || n === TRIES) throw cause;
    }
  }
}
