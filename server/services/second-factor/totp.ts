import { and, eq, isNull, sql } from "drizzle-orm";
import { encode } from "uqr";
import type { Transaction } from "@/db/client";
import { staffFactors } from "@/db/schema";
import { newTotpSecret, totpStep, totpUri } from "@/server/auth/totp";
import { untenanted } from "@/server/database";
import { AppError } from "@/server/errors";
import { openText, sealText } from "@/server/secrets";
import { countSecondFactor } from "../sign-in/limits";
import { mayEnrol } from "./may-enrol";
import type { StaffBrowser, StaffPerson } from "./person";
import { firstRecoveryCodes } from "./recovery-codes";
import { auditStaff, setStaffCookie, startStaffSession } from "./staff-session";

/**
 * Begins with an app that shows time codes: its secret, as text and drawn. It opens nothing until a code of it was typed; an
 * earlier beginning ends. Throws SECOND_FACTOR for somebody who has a factor and did not give it.
 */
export async function beginTotp(person: StaffPerson) {
  const secret = newTotpSecret();
  await untenanted(async (tx) => {
    await mayEnrol(tx, person);
    await tx
      .update(staffFactors)
      .set({ removedAt: sql`now()` })
      .where(and(eq(staffFactors.accountId, person.accountId), eq(staffFactors.kind, "totp"), isNull(staffFactors.confirmedAt)));
    await tx
      .insert(staffFactors)
      .values({ accountId: person.accountId, kind: "totp", label: "Authenticator app", secret: sealed(person.accountId, secret) });
  });
  return { secret, drawing: drawn(totpUri(secret, person.email)) };
}

/** Confirms the app with its first code, which gives a staff session, and recovery codes to whoever has none. Throws INVALID, TOO_MANY. */
export async function confirmTotp(person: StaffPerson, code: string, browser: StaffBrowser): Promise<{ recoveryCodes: string[] | null }> {
  await countSecondFactor(person.accountId);
  const { token, recoveryCodes } = await untenanted(async (tx) => {
    await mayEnrol(tx, person);
    const factor = await takeCode(tx, person, { code, now: browser.now, confirmed: false });
    await tx.update(staffFactors).set({ confirmedAt: sql`now()` }).where(eq(staffFactors.id, factor));
    const codes = await firstRecoveryCodes(tx, person);
    await auditStaff(tx, person, { verb: "secondFactor.enrol", subject: `factor ${factor}`, detail: { kind: "totp" } });
    return { token: await startStaffSession(tx, { person, factor: "totp" }), recoveryCodes: codes };
  });
  setStaffCookie(browser, token);
  return { recoveryCodes };
}

/** Takes the code that the app shows now, once, and starts a staff session. Throws INVALID, TOO_MANY. */
export async function enterTotp(person: StaffPerson, code: string, browser: StaffBrowser): Promise<void> {
  await countSecondFactor(person.accountId);
  const token = await untenanted(async (tx) => {
    await takeCode(tx, person, { code, now: browser.now, confirmed: true });
    return startStaffSession(tx, { person, factor: "totp" });
  });
  setStaffCookie(browser, token);
}

/** The factor to which the code belongs, its time step used up: of two that bring the same code at once, one is late. */
async function takeCode(tx: Transaction, person: StaffPerson, given: { code: string; now: Date; confirmed: boolean }): Promise<string> {
  const factors = await tx.execute<{ id: string; secret: string }>(sql`
    select id, secret
    from staff_factors
    where account_id = ${person.accountId}
      and kind = 'totp'
      and removed_at is null
      and (confirmed_at is not null) = ${given.confirmed}`);
  for (const { id, secret } of factors) {
    const step = totpStep(openText(sealedFor(person.accountId), secret), given.code, given.now);
    if (step === null) continue;
    const taken = await tx.execute(sql`
      update staff_factors set last_step = ${step}, used_at = now()
      where id = ${id} and (last_step is null or last_step < ${step})
      returning id`);
    if (taken.length > 0) return id;
  }
  throw new AppError("INVALID", "This is not the code that your app shows now, or it was used already. Wait for the next one.");
}

/** What the secret of an app is sealed for. */
export const sealedFor = (accountId: number): string => `staff totp:${accountId}`;
const sealed = (accountId: number, secret: string): string => sealText(sealedFor(accountId), secret);

/** A code for a phone's camera as one SVG path over a square of `size` units; drawn so, a page needs no style of its own for it. */
function drawn(text: string): { size: number; path: string } {
  const { data, size } = encode(text, { ecc: "M", border: 4 });
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return { size, path };
}
