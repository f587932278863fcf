import { afterAll, beforeAll, expect, test } from "vitest";
import { listMails } from "@/server/notify/list-mails";
import { openBrowser } from "@/tests/support/browser";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution } from "@/tests/support/institution";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

test("an address without an account gets the same answer and no mail (T24)", async () => {
  const { owner } = await createInstitution();
  const known = await openBrowser().call("signIn.request", { email: owner.email });
  const browser = openBrowser();
  const unknown = await browser.call("signIn.request", { email: `nobody-${owner.email}` });
  const shape = ({ status, data }: typeof known) => ({ status, keys: Object.keys(Object(data)) });
  expect(shape(unknown)).toEqual(shape(known));
  expect((await listMails()).some((mail) => mail.recipient === `nobody-${owner.email}`)).toBe(false);
  expect(await browser.signInBy("code", { code: "22222222" })).toBe("WrongCode");
});

test("time tells nothing about an address either (T24)", async () => {
  const { owner } = await createInstitution();
  // The fastest of each, since the slow ones tell of the machine; a machine that does much else is asked more often.
  const fastest = { known: Number.POSITIVE_INFINITY, unknown: Number.POSITIVE_INFINITY };
  const apart = () => Math.abs(fastest.known - fastest.unknown);
  for (let i = 0; i < 6 || (i < 100 && apart() >= 50); i++) {
    for (const [which, email] of [
      ["known", owner.email],
      ["unknown", `nobody-${owner.email}`],
    ] as const) {
      await db.administrator`delete from rate_limits`;
      const before = performance.now();
      await openBrowser().call("signIn.request", { email });
      fastest[which] = Math.min(fastest[which], performance.now() - before);
    }
  }
  expect(Math.min(fastest.known, fastest.unknown)).toBeGreaterThanOrEqual(149);
  expect(apart()).toBeLessThan(50);
});

test("three mails in fifteen minutes to one address, known or not; other addresses are not locked (T24)", async () => {
  const [one, two] = [await createInstitution(), await createInstitution()];
  for (const email of [one.owner.email, `nobody-${one.owner.email}`]) {
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(await openBrowser(`192.0.2.${i}`).call("signIn.request", { email }));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 429, 429]);
    expect(answers[4]?.error?.data).toMatchObject({ appCode: "TOO_MANY", details: { retryAfterSeconds: expect.any(Number) } });
  }
  expect((await openBrowser().call("signIn.request", { email: two.owner.email })).status).toBe(200);
});

test("tries at a code from one network are stopped after sixty (T24)", async () => {
  const { owner } = await createInstitution();
  const network = "198.51.100.77";
  const outcomes = new Map<string | null, number>();
  const browser = openBrowser(network);
  await browser.call("signIn.request", { email: owner.email });
  for (let i = 0; i < 80; i++) {
    const error = await browser.signInBy("code", { code: String(22_222_222 + i) });
    outcomes.set(error, (outcomes.get(error) ?? 0) + 1);
  }
  expect(outcomes.get(null)).toBeUndefined();
  expect(outcomes.get("TooMany")).toBe(20);
  const elsewhere = openBrowser("198.51.100.78");
  expect(await elsewhere.signInBy("code", { code: "22222222" })).toBe("Ended");
});

test.each([
  ['"e@evil.example"@victim.example', "quoted"],
  ["a(b(c)e@evil.example)@victim.example", "comments"],
  ["x＠evil.example", "full-width at"],
  ["dana@school.example, eve@evil.example", "a list"],
  ["dana@school.example;eve@evil.example", "a list with semicolons"],
  ["dana@school.example\r\nBcc: eve@evil.example", "a second header"],
  ["dana@school.example\u0000", "NUL"],
  ["dana@[127.0.0.1]", "a literal"],
  ["dana@school.example@evil.example", "two at signs"],
  ["<dana@school.example>", "angle brackets"],
  ["Dana <dana@school.example>", "a name"],
  ["ｄana@school.example", "full-width letters"],
  ["dana@schoоl.example", "a Cyrillic letter"],
  ["dana..w@school.example", "two dots"],
  [".dana@school.example", "a dot in front"],
  ["dana@-school.example", "a hyphen in front"],
  ["dana", "no host"],
  ["", "nothing"],
  [`${"d".repeat(65)}@school.example`, "a long name"],
  [`dana@${"school.".repeat(40)}example`, "a long host"],
])("the address %j is refused: %s (T26)", async (email) => {
  const answer = await openBrowser().call("signIn.request", { email });
  expect(answer).toMatchObject({ status: 400, error: { data: { appCode: "INVALID" } } });
});
