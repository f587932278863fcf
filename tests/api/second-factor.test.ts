import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StaffRole } from "@/server/auth/permissions";
import { totpCode } from "@/server/auth/totp";
import { signInLink } from "@/server/services/sign-in/link-for";
import { addStaff } from "@/server/services/vendor/add-staff";
import { openBrowser, type TestBrowser } from "@/tests/support/browser";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution } from "@/tests/support/institution";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
  // The one who is always there, so that tests may do with the others as they like.
  await addStaff({ email: "first@vendor.example", role: "admin" });
});
afterAll(() => db.close());

const STEP_MS = 30_000;
const codeAt = (secret: string, steps = 0): string => totpCode(secret, new Date(Date.now() + steps * STEP_MS));

/** Somebody of the vendor in a browser, signed in by mail alone. */
async function byMail(email: string): Promise<TestBrowser> {
  const browser = openBrowser();
  const token = new URL(await signInLink(email)).searchParams.get("token") ?? "";
  expect(await browser.signInBy("link", { token })).toBeNull();
  return browser;
}

let people = 0;
async function newStaff(role: StaffRole = "support") {
  const email = `person-${++people}@vendor.example`;
  const { accountId } = await addStaff({ email, role });
  return { email, accountId, browser: await byMail(email) };
}

interface Enrolled {
  readonly secret: string;
  readonly codes: readonly string[];
}

/** Enrols an app by the doors that its page uses. */
async function enrolled(browser: TestBrowser): Promise<Enrolled> {
  const begun = (await browser.call("secondFactor.beginTotp", undefined)).data as { secret: string };
  // The code of now; codes of the step after are still to be had. Both are taken for thirty seconds more, however slow the machine.
  const confirmed = await browser.call("secondFactor.confirmTotp", { code: codeAt(begun.secret) });
  expect(confirmed.error).toBeNull();
  return { secret: begun.secret, codes: (confirmed.data as { recoveryCodes: string[] }).recoveryCodes };
}

/** What the console answers: 200 behind the second factor, 403 before it. */
const consoleOf = async (browser: TestBrowser): Promise<number> => (await browser.query("vendor.institutions.list")).status;
const enter = (browser: TestBrowser, code: string) => browser.call("secondFactor.enterTotp", { code });

describe("an app that shows time codes", () => {
  test("opens the console in the browser that typed its code, and a mailbox alone opens it nowhere", async () => {
    const { email, browser } = await newStaff();
    expect(await consoleOf(browser)).toBe(403);
    const { secret } = await enrolled(browser);
    expect(await consoleOf(browser)).toBe(200);
    const other = await byMail(email);
    expect(await consoleOf(other)).toBe(403);
    expect((await enter(other, codeAt(secret, 1))).error).toBeNull();
    expect(await consoleOf(other)).toBe(200);
  });

  test("has its secret in the database sealed, and codes and tokens as digests only", async () => {
    const { browser, accountId } = await newStaff();
    const { secret, codes } = await enrolled(browser);
    const rows = await db.administrator`
      select to_jsonb(f) as row from staff_factors f where account_id = ${accountId}
      union all select to_jsonb(c) from staff_recovery_codes c where account_id = ${accountId}
      union all select to_jsonb(s) from staff_sessions s where account_id = ${accountId}`;
    const kept = JSON.stringify(rows);
    const token = browser.cookies.get("rollcall.staff") ?? "";
    expect(token.length).toBeGreaterThan(40);
    expect(codes).toHaveLength(10);
    for (const word of [secret, token, ...codes, ...codes.map((code) => code.replace("-", ""))]) expect(kept).not.toContain(word);
  });

  test("takes a code once, also from twenty at the same moment, and no code of an earlier step after it", async () => {
    const { email, browser } = await newStaff();
    const { secret } = await enrolled(browser);
    const others = await Promise.all(Array.from({ length: 8 }, () => byMail(email)));
    const code = codeAt(secret, 1);
    const answers = await Promise.all(others.map((other) => enter(other, code)));
    expect(answers.filter(({ error }) => error === null)).toHaveLength(1);
    expect((await enter(await byMail(email), codeAt(secret))).error?.data.appCode).toBe("INVALID");
  });

  test("refuses codes of other times and of other people, and ten wrong ones end the trying", async () => {
    const { email, browser } = await newStaff();
    const { secret } = await enrolled(browser);
    const other = await byMail(email);
    const stranger = await newStaff();
    const theirs = await enrolled(stranger.browser);
    for (const code of [codeAt(secret, -3), codeAt(secret, 3), codeAt(theirs.secret, 1), "", "12345", "abcdef"]) {
      expect((await enter(other, code)).error?.data.appCode, code).toBe("INVALID");
    }
    for (let tries = 0; tries < 4; tries++) await enter(other, "000000");
    expect((await enter(other, codeAt(secret, 1))).error?.data.appCode).toBe("TOO_MANY");
    expect(await consoleOf(other)).toBe(403);
    expect((await enter(await byMail(stranger.email), codeAt(theirs.secret, 1))).error, "nobody else is counted").toBeNull();
  });

  test("is not replaced by whoever reads the mailbox: a further factor takes the one that there is", async () => {
    const { email, browser } = await newStaff();
    await enrolled(browser);
    const thief = await byMail(email);
    for (const door of ["beginTotp", "beginPasskey", "renewRecoveryCodes"]) {
      expect((await thief.call(`secondFactor.${door}`, undefined)).error?.data.appCode, door).toBe("SECOND_FACTOR");
    }
    const begun = (await browser.call("secondFactor.beginTotp", undefined)).data as { secret: string };
    expect((await thief.call("secondFactor.confirmTotp", { code: codeAt(begun.secret) })).error?.data.appCode).toBe("SECOND_FACTOR");
    expect((await thief.query("secondFactor.get")).data).toMatchObject({ factors: [], kinds: ["totp"], givenUntil: null });
    expect(await consoleOf(thief)).toBe(403);
  });
});

test("a recovery code opens once, however it is typed; new ones end the old", async () => {
  const { email, browser } = await newStaff();
  const { codes } = await enrolled(browser);
  const [first = "", second = ""] = codes;
  const other = await byMail(email);
  const typed = ` ${first.toLowerCase().replace("-", " ")}`;
  expect((await other.call("secondFactor.enterRecoveryCode", { code: typed })).error).toBeNull();
  expect(await consoleOf(other)).toBe(200);
  const again = await byMail(email);
  expect((await again.call("secondFactor.enterRecoveryCode", { code: first })).error?.data.appCode).toBe("INVALID");
  const renewed = (await other.call("secondFactor.renewRecoveryCodes", undefined)).data as { recoveryCodes: string[] };
  expect((await again.call("secondFactor.enterRecoveryCode", { code: second })).error?.data.appCode).toBe("INVALID");
  expect((await again.call("secondFactor.enterRecoveryCode", { code: renewed.recoveryCodes[0] })).error).toBeNull();
});

describe("a staff session", () => {
  const ends: [string, (of: { accountId: number }) => Promise<unknown>][] = [
    ["after 12 hours", ({ accountId }) => db.administrator`update staff_sessions set expires_at = now() where account_id = ${accountId}`],
    [
      "when it is revoked",
      ({ accountId }) => db.administrator`update staff_sessions set revoked_at = now() where account_id = ${accountId}`,
    ],
    [
      "with the role in which it was given",
      ({ accountId }) => db.administrator`update staff set role = 'approver' where account_id = ${accountId}`,
    ],
    [
      "with the sign-in that it stands beside",
      ({ accountId }) => db.administrator`update sessions set revoked_at = now() where account_id = ${accountId}`,
    ],
    [
      "when the person is staff no more",
      ({ accountId }) => db.administrator`update staff set removed_at = now() where account_id = ${accountId}`,
    ],
  ];
  test.each(ends)("ends %s, at the next request", async (_, end) => {
    const person = await newStaff();
    await enrolled(person.browser);
    expect(await consoleOf(person.browser)).toBe(200);
    await end(person);
    expect([401, 403]).toContain(await consoleOf(person.browser));
  });

  test("does not come back to whoever is staff again", async () => {
    const person = await newStaff();
    await enrolled(person.browser);
    await db.administrator`update staff set removed_at = now() where account_id = ${person.accountId}`;
    await addStaff({ email: person.email, role: "support" });
    expect(await consoleOf(person.browser)).toBe(403);
  });

  test("is of no use in a browser that is signed in as somebody else, or anew", async () => {
    const person = await newStaff();
    await enrolled(person.browser);
    const token = person.browser.cookies.get("rollcall.staff") ?? "";
    for (const email of [person.email, (await newStaff()).email]) {
      const thief = await byMail(email);
      thief.cookies.set("rollcall.staff", token);
      expect(await consoleOf(thief)).toBe(403);
    }
  });

  test("is left by a button, and the sign-in of the mail lives on", async () => {
    const { browser } = await newStaff();
    await enrolled(browser);
    const token = browser.cookies.get("rollcall.staff") ?? "";
    await browser.call("secondFactor.leave", undefined);
    expect(browser.cookies.has("rollcall.staff")).toBe(false);
    browser.cookies.set("rollcall.staff", token);
    expect(await consoleOf(browser)).toBe(403);
    expect((await browser.query("session.get")).data).toMatchObject({ staffRole: "support", isStaffSession: false });
  });
});

test("the only factor stays; another person's is not there", async () => {
  const { browser } = await newStaff();
  await enrolled(browser);
  const factorsOf = async (of: TestBrowser) => (await of.query("secondFactor.get")).data as { factors: { id: string }[] };
  const [mine] = (await factorsOf(browser)).factors;
  expect((await browser.call("secondFactor.remove", { id: mine?.id })).error?.data.appCode).toBe("CONFLICT");
  const stranger = await newStaff();
  await enrolled(stranger.browser);
  expect((await stranger.browser.call("secondFactor.remove", { id: mine?.id })).error?.data.appCode).toBe("NOT_FOUND");
});

test("every vendor procedure answers an owner of an institution alike, with or without staff's cookie (T21)", async () => {
  const { browser } = await newStaff("admin");
  await enrolled(browser);
  const institution = await createInstitution();
  const owner = await byMail(institution.owner.email);
  owner.cookies.set("rollcall.staff", browser.cookies.get("rollcall.staff") ?? "");
  expect(await consoleOf(owner)).toBe(403);
  expect((await owner.query("secondFactor.get")).status).toBe(403);
});
