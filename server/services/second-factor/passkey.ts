import { isIP } from "node:net";
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { eq, sql } from "drizzle-orm";
import type { z } from "zod";
import type { Transaction } from "@/db/client";
import { staffChallenges, staffFactors } from "@/db/schema";
import { originOf } from "@/server/auth/forged";
import { untenanted } from "@/server/database";
import { AppError } from "@/server/errors";
import { countSecondFactor } from "../sign-in/limits";
import { mayEnrol } from "./may-enrol";
import type { MadePasskey, UsedPasskey } from "./passkey-shapes";
import type { StaffBrowser, StaffPerson } from "./person";
import { firstRecoveryCodes } from "./recovery-codes";
import { auditStaff, setStaffCookie, startStaffSession } from "./staff-session";

const CHALLENGE_MINUTES = 5;

/** Passkeys belong to a name; under a bare address browsers make none. */
export const passkeysArePossible = (headers: Headers): boolean => isIP(new URL(originOf({ headers })).hostname.replace(/[[\]]/g, "")) === 0;

/** Asks the browser to make a passkey. Throws SECOND_FACTOR for somebody who has a factor and did not give it. */
export async function beginPasskey(person: StaffPerson, browser: StaffBrowser) {
  return untenanted(async (tx) => {
    await mayEnrol(tx, person);
    const known = await passkeysOf(tx, person.accountId);
    const options = await generateRegistrationOptions({
      rpName: "Rollcall",
      rpID: rpOf(browser),
      userName: person.email,
      userDisplayName: person.name ?? person.email,
      excludeCredentials: known.map(({ credentialId }) => ({ id: credentialId })),
      authenticatorSelection: { residentKey: "discouraged", userVerification: "preferred" },
    });
    await ask(tx, person, { purpose: "enrol", challenge: options.challenge });
    return options;
  });
}

/** Keeps the passkey that was made, which gives a staff session, and recovery codes to whoever has none. Throws INVALID, SECOND_FACTOR, TOO_MANY. */
export async function confirmPasskey(
  person: StaffPerson,
  made: z.infer<typeof MadePasskey>,
  browser: StaffBrowser,
): Promise<{ recoveryCodes: string[] | null }> {
  await countSecondFactor(person.accountId);
  const expectedChallenge = await answered(person, "enrol");
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: made.response,
    expectedChallenge,
    expectedOrigin: originOf(browser),
    expectedRPID: rpOf(browser),
    requireUserVerification: false,
  }).catch(refused);
  if (!verified) return refused(null);
  const { credential } = registrationInfo;
  const { token, recoveryCodes } = await untenanted(async (tx) => {
    await mayEnrol(tx, person);
    const [kept] = await tx
      .insert(staffFactors)
      .values({
        accountId: person.accountId,
        kind: "passkey",
        label: made.label,
        credentialId: credential.id,
        publicKey: Buffer.from(credential.publicKey).toString("base64url"),
        counter: credential.counter,
        transports: [...(made.response.response.transports ?? [])],
        confirmedAt: sql`now()`,
      })
      .onConflictDoNothing({ target: staffFactors.credentialId })
      .returning({ id: staffFactors.id });
    if (kept === undefined) return refused(null);
    const codes = await firstRecoveryCodes(tx, person);
    await auditStaff(tx, person, { verb: "secondFactor.enrol", subject: `factor ${kept.id}`, detail: { kind: "passkey" } });
    return { token: await startStaffSession(tx, { person, factor: "passkey" }), recoveryCodes: codes };
  });
  setStaffCookie(browser, token);
  return { recoveryCodes };
}

/** Asks the browser to use one of the person's passkeys. Throws NOT_FOUND for somebody who has none. */
export async function askPasskey(person: StaffPerson, browser: StaffBrowser) {
  return untenanted(async (tx) => {
    const known = await passkeysOf(tx, person.accountId);
    if (known.length === 0) throw new AppError("NOT_FOUND", "You have no passkey here");
    const options = await generateAuthenticationOptions({
      rpID: rpOf(browser),
      allowCredentials: known.map(({ credentialId }) => ({ id: credentialId })),
      userVerification: "preferred",
    });
    await ask(tx, person, { purpose: "enter", challenge: options.challenge });
    return options;
  });
}

/** Takes the passkey's signature, once, and starts a staff session. Throws INVALID, TOO_MANY. */
export async function enterPasskey(person: StaffPerson, used: z.infer<typeof UsedPasskey>, browser: StaffBrowser): Promise<void> {
  await countSecondFactor(person.accountId);
  const expectedChallenge = await answered(person, "enter");
  const known = await untenanted((tx) => passkeysOf(tx, person.accountId));
  const factor = known.find(({ credentialId }) => credentialId === used.response.id);
  if (factor === undefined) return refused(null);
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: used.response,
    expectedChallenge,
    expectedOrigin: originOf(browser),
    expectedRPID: rpOf(browser),
    credential: {
      id: factor.credentialId,
      publicKey: new Uint8Array(Buffer.from(factor.publicKey, "base64url")),
      counter: factor.counter,
    },
    requireUserVerification: false,
  }).catch(refused);
  if (!verified) return refused(null);
  const token = await untenanted(async (tx) => {
    await tx.update(staffFactors).set({ counter: authenticationInfo.newCounter, usedAt: sql`now()` }).where(eq(staffFactors.id, factor.id));
    return startStaffSession(tx, { person, factor: "passkey" });
  });
  setStaffCookie(browser, token);
}

const rpOf = (browser: StaffBrowser): string => new URL(originOf(browser)).hostname;

function refused(cause: unknown): never {
  throw new AppError("INVALID", "This passkey did not answer as it should. Try again.", { cause, internal: String(cause) });
}

interface Passkey extends Record<string, unknown> {
  readonly id: string;
  readonly credentialId: string;
  readonly publicKey: string;
  readonly counter: number;
}

async function passkeysOf(tx: Transaction, accountId: number): Promise<Passkey[]> {
  const rows = await tx.execute<Passkey>(sql`
    select id, credential_id as "credentialId", public_key as "publicKey", counter::float8 as counter
    from staff_factors
    where account_id = ${accountId} and kind = 'passkey' and confirmed_at is not null and removed_at is null`);
  return [...rows];
}

async function ask(tx: Transaction, person: StaffPerson, question: { purpose: "enrol" | "enter"; challenge: string }): Promise<void> {
  const expiresAt = sql`now() + make_interval(mins => ${CHALLENGE_MINUTES})`;
  await tx
    .insert(staffChallenges)
    .values({ sessionId: person.sessionId, ...question, expiresAt })
    .onConflictDoUpdate({
      target: [staffChallenges.sessionId, staffChallenges.purpose],
      set: { challenge: question.challenge, expiresAt },
    });
}

/** The challenge of the question that waits for this session; taken away, so that an answer counts once. */
async function answered(person: StaffPerson, purpose: "enrol" | "enter"): Promise<string> {
  const [question] = await untenanted((tx) =>
    tx.execute<{ challenge: string; isFresh: boolean }>(sql`
      delete from staff_challenges
      where session_id = ${person.sessionId} and purpose = ${purpose}
      returning challenge, expires_at > now() as "isFresh"`),
  );
  if (question?.isFresh !== true) throw new AppError("INVALID", "That took too long. Try again.");
  return question.challenge;
}
