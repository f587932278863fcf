import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { env } from "@/server/env";
import { listMails } from "@/server/notify/list-mails";
import { openBrowser, type TestBrowser } from "@/tests/support/browser";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution } from "@/tests/support/institution";
import { whoIs } from "@/tests/support/sign-in";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());
afterEach(() => {
  env.ROLLCALL_SIGN_UP = "open";
});

let networks = 0;
const somewhere = (): TestBrowser => openBrowser(`203.0.113.${++networks}`);
interface Asked {
  readonly name: string;
  readonly email: string;
  readonly institution: string;
  readonly timeZone: string;
}
const asks = (email: string, more: Partial<Asked> = {}): Asked => ({
  name: "Ana Lee",
  email,
  institution: "Harlow Valley Unified",
  timeZone: "America/Chicago",
  ...more,
});
const mailsTo = async (email: string) => (await listMails()).filter((mail) => mail.recipient === email);

async function asked(email: string, more: Partial<Asked> = {}): Promise<string> {
  const { status } = await somewhere().call("signUp.request", asks(email, more));
  expect(status).toBe(200);
  const [mail] = await mailsTo(email);
  return new URL(/http\S+/.exec(mail?.text ?? "")?.[0] ?? "").searchParams.get("token") ?? "";
}

interface Session {
  institutions: { slug: string; name: string; timeZone: string; role: string }[];
}

test("makes nothing before the link is pressed, and then the institution with its first owner, signed in", async () => {
  const email = "ana@harlow.example";
  const token = await asked(email);
  const nothing =
    await db.administrator`select from accounts where email = ${email} union all select from institutions where name like 'Harlow%'`;
  expect(nothing).toHaveLength(0);
  const browser = somewhere();
  expect(await browser.signInBy("sign-up", { token })).toBeNull();
  const session = (await browser.query("session.get")).data as Session;
  expect(session.institutions).toEqual([
    { slug: "harlow-valley-unified", name: "Harlow Valley Unified", timeZone: "America/Chicago", role: "owner" },
  ]);
  const entries = await db.administrator`
    select actor, verb, account_id is not null as known from audit a join institutions i on i.id = a.institution_id where i.slug = 'harlow-valley-unified'`;
  expect([...entries]).toEqual([{ actor: "member", verb: "institution.create", known: true }]);
});

test("of twenty presses at once one makes an institution (T25)", async () => {
  const token = await asked("twenty@harlow.example", { institution: "Twenty Presses" });
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => somewhere().signInBy("sign-up", { token })));
  expect(outcomes.filter((outcome) => outcome === null)).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === "Ended")).toHaveLength(19);
  expect(await db.administrator`select from institutions where name = 'Twenty Presses'`).toHaveLength(1);
});

test("looking at the link uses nothing up, a newer one ends it, and an hour does too", async () => {
  const email = "slow@harlow.example";
  const first = await asked(email);
  const scanner = somewhere();
  for (const method of ["GET", "HEAD"])
    expect((await scanner.send(`/api/auth/callback/sign-up?token=${first}`, { method })).status).not.toBe(200);
  expect(await whoIs(scanner)).toBe(401);
  const second = await asked(email);
  expect(await somewhere().signInBy("sign-up", { token: first })).toBe("Ended");
  await db.administrator`update sign_ups set expires_at = now() where email = ${email}`;
  expect(await somewhere().signInBy("sign-up", { token: second })).toBe("Ended");
  expect(await somewhere().signInBy("sign-up", { token: "" })).toBe("Ended");
});

test("a known address and an unknown one get the same answer and the same mail (T24)", async () => {
  const { owner } = await createInstitution();
  const answers = [];
  for (const email of [owner.email, "nobody-yet@harlow.example"]) {
    const { status, data } = await somewhere().call("signUp.request", asks(email));
    answers.push({
      status,
      keys: Object.keys(data as object),
      subjects: (await mailsTo(email)).map(({ subject, kind }) => [subject, kind]),
    });
  }
  expect(answers[0]).toEqual(answers[1]);
  expect(answers[0]).toEqual({ status: 200, keys: ["expiresAt"], subjects: [["Set up Harlow Valley Unified in Rollcall", "signUp"]] });
});

test("whoever has an account keeps it, and owns one institution more", async () => {
  const { owner } = await createInstitution("The First");
  const browser = somewhere();
  expect(await browser.signInBy("sign-up", { token: await asked(owner.email, { institution: "The Second" }) })).toBeNull();
  const session = (await browser.query("session.get")).data as Session;
  expect(session.institutions.map(({ name, role }) => [name, role])).toEqual([
    ["The First", "owner"],
    ["The Second", "owner"],
  ]);
});

test("two of one name are two institutions with addresses of their own", async () => {
  for (const email of ["one@twin.example", "two@twin.example"])
    expect(await somewhere().signInBy("sign-up", { token: await asked(email, { institution: "Twin Peaks" }) })).toBeNull();
  const slugs = await db.administrator<{ slug: string }[]>`select slug from institutions where name = 'Twin Peaks' order by id`;
  expect(slugs[0]?.slug).toBe("twin-peaks");
  expect(slugs[1]?.slug).toMatch(/^twin-peaks-[0-9a-z]{4}$/);
});

test("three mails go to one address in a quarter of an hour, from wherever they are asked for", async () => {
  const email = "bombed@harlow.example";
  const statuses = [];
  for (let i = 0; i < 5; i += 1) statuses.push((await somewhere().call("signUp.request", asks(email))).status);
  expect(statuses).toEqual([200, 200, 200, 429, 429]);
  expect(await mailsTo(email)).toHaveLength(3);
});

test("odd addresses, zones and names are refused before a mail is written", async () => {
  const before = (await listMails()).length;
  const oddities: Partial<Asked>[] = [
    { email: "a@b,c@d" },
    { email: "ana@harlow.example\r\nBcc: x@evil.example" },
    { timeZone: "Mars/Olympus" },
    { institution: " " },
    { name: "" },
  ];
  for (const odd of oddities) {
    const { status } = await somewhere().call("signUp.request", asks("odd@harlow.example", odd));
    expect(status, JSON.stringify(odd)).toBe(400);
  }
  expect((await listMails()).length).toBe(before);
});

test("where the vendor invites nobody signs up, and a link of before opens nothing", async () => {
  const token = await asked("late@harlow.example");
  env.ROLLCALL_SIGN_UP = "closed";
  expect((await somewhere().call("signUp.request", asks("closed@harlow.example"))).status).toBe(403);
  expect(await mailsTo("closed@harlow.example")).toEqual([]);
  expect(await somewhere().signInBy("sign-up", { token })).toBe("Ended");
});
