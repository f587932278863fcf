import { randomInt } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Transaction } from "@/db/client";
import { staffRecoveryCodes } from "@/db/schema";
import { untenanted } from "@/server/database";
import { AppError } from "@/server/errors";
import { digestOf } from "@/server/secrets";
import { countSecondFactor } from "../sign-in/limits";
import type { StaffBrowser, StaffPerson } from "./person";
import { auditStaff, setStaffCookie, startStaffSession } from "./staff-session";

const CODES = 10;
/** Without the letters and digits that are taken for others; ten of them are 49 bits. */
const LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
const HALF = 5;

/** The codes of somebody who enrols for the first time; null for whoever has some. They are told this once. */
export async function firstRecoveryCodes(tx: Transaction, person: StaffPerson): Promise<string[] | null> {
  const has = await tx.execute(sql`select from staff_recovery_codes where account_id = ${person.accountId} and used_at is null limit 1`);
  return has.length > 0 ? null : makeCodes(tx, person);
}

/** New codes instead of all earlier ones; told this once. Throws SECOND_FACTOR in a browser that did not give one. */
export async function renewRecoveryCodes(person: StaffPerson): Promise<{ recoveryCodes: string[] }> {
  if (person.staffSessionId === null) throw new AppError("SECOND_FACTOR", "Confirm that it is you with your second factor first");
  return untenanted(async (tx) => {
    const recoveryCodes = await makeCodes(tx, person);
    await auditStaff(tx, person, { verb: "secondFactor.renewCodes", subject: `account ${person.accountId}` });
    return { recoveryCodes };
  });
}

/** Uses a recovery code up and starts a staff session. Throws INVALID for a wrong or used one, TOO_MANY. */
export async function enterRecoveryCode(person: StaffPerson, code: string, browser: StaffBrowser): Promise<void> {
  await countSecondFactor(person.accountId);
  const token = await untenanted(async (tx) => {
    const used = await tx.execute(sql`
      update staff_recovery_codes set used_at = now()
      where account_id = ${person.accountId} and digest = ${codeDigestOf(person.accountId, code)} and used_at is null
      returning 1 as used`);
    if (used.length === 0) throw new AppError("INVALID", "This is not one of your recovery codes, or it was used before");
    return startStaffSession(tx, { person, factor: "recoveryCode" });
  });
  setStaffCookie(browser, token);
}

async function makeCodes(tx: Transaction, person: StaffPerson): Promise<string[]> {
  const codes = Array.from({ length: CODES }, () => `${letters(HALF)}-${letters(HALF)}`);
  await tx.execute(sql`delete from staff_recovery_codes where account_id = ${person.accountId}`);
  await tx
    .insert(staffRecoveryCodes)
    .values(codes.map((code) => ({ accountId: person.accountId, digest: codeDigestOf(person.accountId, code) })));
  return codes;
}

const letters = (length: number): string => Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join("");

/** Any case, and spaces and hyphens are of no meaning. */
const codeDigestOf = (accountId: number, code: string): string =>
  digestOf("staff recovery code", `${accountId}:${code.toUpperCase().replace(/[\s-]/g, "")}`);
