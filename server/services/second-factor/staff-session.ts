import { randomBytes } from "node:crypto";
import { and, eq, isNull, sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { staffAudit, staffSessions } from "@/db/schema";
import { staffTokenDigestOf } from "@/server/auth/actor";
import { cookieLine, STAFF_COOKIE } from "@/server/auth/cookies";
import { untenanted } from "@/server/database";
import type { StaffBrowser, StaffPerson } from "./person";

const HOURS = 12;
export type Factor = "totp" | "passkey" | "recoveryCode";

/** What a second factor that was right gives: a session of its own beside the one of the mail, and its token for the cookie. */
export async function startStaffSession(tx: Transaction, of: { person: StaffPerson; factor: Factor }): Promise<string> {
  const { person, factor } = of;
  const token = randomBytes(32).toString("base64url");
  const [made] = await tx
    .insert(staffSessions)
    .values({
      accountId: person.accountId,
      sessionId: person.sessionId,
      tokenDigest: staffTokenDigestOf(token),
      role: person.staffRole,
      factor,
      expiresAt: sql`now() + make_interval(hours => ${HOURS})`,
    })
    .returning({ id: staffSessions.id });
  if (made === undefined) throw new Error("A staff session was not made");
  await auditStaff(tx, person, { verb: "secondFactor.enter", subject: `account ${person.accountId}`, detail: { factor } });
  return token;
}

/** Hands the token to the browser; only after the transaction that made it was written. */
export function setStaffCookie(browser: StaffBrowser, token: string): void {
  browser.answer.append("set-cookie", cookieLine(STAFF_COOKIE, token, HOURS * 60 * 60));
}

/** Ends this browser's staff session; the session of the mail lives on. */
export async function endStaffSession(person: StaffPerson, browser: StaffBrowser): Promise<void> {
  const id = person.staffSessionId;
  if (id !== null) {
    await untenanted((tx) =>
      tx
        .update(staffSessions)
        .set({ revokedAt: sql`now()` })
        .where(and(eq(staffSessions.id, id), isNull(staffSessions.revokedAt))),
    );
  }
  browser.answer.append("set-cookie", cookieLine(STAFF_COOKIE, "", 0));
}

/** One entry about staff themselves, in the transaction of what it tells. */
export async function auditStaff(
  tx: Transaction,
  person: Pick<StaffPerson, "accountId">,
  entry: { verb: string; subject: string; detail?: Readonly<Record<string, string | number | null>> },
): Promise<void> {
  await tx.insert(staffAudit).values({ accountId: person.accountId, actor: "staff", ...entry });
}
