import { afterAll, beforeAll, expect, test } from "vitest";
import { listMails } from "@/server/notify/list-mails";
import { signInLink } from "@/server/services/sign-in/link-for";
import { openBrowser } from "@/tests/support/browser";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution, createMember } from "@/tests/support/institution";
import { asked, whoIs } from "@/tests/support/sign-in";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

test("a pressed link signs in, once", async () => {
  const { owner } = await createInstitution();
  const { browser, token } = await asked(owner.email);
  expect(await whoIs(browser)).toBe(401);
  expect(await browser.signInBy("link", { token })).toBeNull();
  expect(await whoIs(browser)).toBe(200);
  const again = openBrowser();
  for (const [name, value] of browser.cookies) if (name.endsWith("browser")) again.cookies.set(name, value);
  expect(await again.signInBy("link", { token })).toBe("Ended");
  expect(await whoIs(again)).toBe(401);
});

test("the code signs in, in any case and with spaces, and ends the link", async () => {
  const { owner } = await createInstitution();
  const { browser, token, code } = await asked(owner.email);
  expect(code).toMatch(/^[2-9A-Z]{4} [2-9A-Z]{4}$/);
  expect(await browser.signInBy("code", { code: ` ${code.toLowerCase()} ` })).toBeNull();
  expect(await whoIs(browser)).toBe(200);
  expect(await browser.signInBy("link", { token })).toBe("Ended");
});

test("neither GET nor HEAD uses a link up, five times each, and nobody is signed in by them (T25)", async () => {
  const { owner } = await createInstitution();
  const { browser, token } = await asked(owner.email);
  const scanner = openBrowser("198.51.100.9");
  for (let i = 0; i < 5; i++) {
    for (const method of ["GET", "HEAD"]) {
      for (const path of [
        `/api/auth/callback/link?token=${token}`,
        `/api/auth/signin/link?token=${token}`,
        `/api/auth/signin?token=${token}`,
      ]) {
        expect((await scanner.send(path, { method })).status).not.toBe(200);
      }
    }
  }
  expect(await whoIs(scanner)).toBe(401);
  expect(await browser.signInBy("link", { token })).toBeNull();
});

test("of twenty presses at once one starts a session (T25)", async () => {
  const { owner } = await createInstitution();
  const { browser, token } = await asked(owner.email);
  const before = await sessionsOf(owner.id);
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const one = openBrowser();
      for (const [name, value] of browser.cookies) one.cookies.set(name, value);
      return one.signInBy("link", { token });
    }),
  );
  expect(outcomes.filter((error) => error === null)).toHaveLength(1);
  expect((await sessionsOf(owner.id)) - before).toBe(1);
});

test("a link opened in another browser stays unused and says so; the code there is worth nothing", async () => {
  const { owner } = await createInstitution();
  const { browser, token, code } = await asked(owner.email);
  const other = openBrowser();
  expect(await other.signInBy("link", { token })).toBe("OtherBrowser");
  expect(await other.signInBy("code", { code })).toBe("Ended");
  expect(await whoIs(other)).toBe(401);
  expect(await browser.signInBy("link", { token })).toBeNull();
});

test("a newer request ends the older link and code", async () => {
  const { owner } = await createInstitution();
  const first = await asked(owner.email);
  const second = await asked(owner.email, openBrowser());
  expect(await first.browser.signInBy("link", { token: first.token })).toBe("Ended");
  expect(await first.browser.signInBy("code", { code: first.code })).toBe("Ended");
  expect(await second.browser.signInBy("code", { code: second.code })).toBeNull();
});

test("of requests at once, too, only the last one lives", async () => {
  const { owner } = await createInstitution();
  await Promise.all(Array.from({ length: 3 }, () => openBrowser().call("signIn.request", { email: owner.email })));
  const living = await db.administrator`select 1 from sign_ins where email = ${owner.email} and used_at is null and replaced_at is null`;
  expect(living).toHaveLength(1);
});

test("after ten minutes link and code are over", async () => {
  const { owner } = await createInstitution();
  const { browser, token, code } = await asked(owner.email);
  await db.administrator`update sign_ins set expires_at = expires_at - interval '10 minutes' where email = ${owner.email}`;
  expect(await browser.signInBy("link", { token })).toBe("Ended");
  expect(await browser.signInBy("code", { code })).toBe("Ended");
});

test("after five wrong codes the right one is refused, and the link still works", async () => {
  const { owner } = await createInstitution();
  const { browser, token, code } = await asked(owner.email);
  const wrong = code.startsWith("2") ? "33333333" : "22222222";
  for (const expected of ["WrongCode", "WrongCode", "WrongCode", "WrongCode", "Ended"]) {
    expect(await browser.signInBy("code", { code: wrong })).toBe(expected);
  }
  expect(await browser.signInBy("code", { code })).toBe("Ended");
  expect(await browser.signInBy("link", { token })).toBeNull();
});

test("link, code and browser are kept as digests only", async () => {
  const { owner } = await createInstitution();
  const { browser, token, code } = await asked(owner.email);
  const [row] = await db.administrator`select s::text as row from sign_ins s where email = ${owner.email}`;
  for (const secret of [token, code.replace(" ", ""), ...browser.cookies.values()]) expect(row?.row).not.toContain(secret);
});

test("signing in leaves the session that the browser had: a planted one dies (T8)", async () => {
  const { owner } = await createInstitution();
  const victim = openBrowser();
  const planted = (await asked(owner.email, victim)).token;
  await victim.signInBy("link", { token: planted });
  const old = new Map(victim.cookies);
  const { token } = await asked(owner.email, victim);
  expect(await victim.signInBy("link", { token })).toBeNull();
  expect(victim.cookies.get("rollcall.session")).not.toBe(old.get("rollcall.session"));
  const attacker = openBrowser();
  for (const [name, value] of old) attacker.cookies.set(name, value);
  expect(await whoIs(attacker)).toBe(401);
  expect(await whoIs(victim)).toBe(200);
});

test("signing out kills the session itself, not only the cookie (T8)", async () => {
  const { owner } = await createInstitution();
  const { browser, token } = await asked(owner.email);
  await browser.signInBy("link", { token });
  const copy = openBrowser();
  for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
  await browser.signOut();
  expect(await whoIs(browser)).toBe(401);
  expect(await whoIs(copy)).toBe(401);
});

test("a dropped role and a disabled account end at the next request (T8)", async () => {
  const institution = await createInstitution();
  const { actor } = await createMember(institution, "admin");
  const { browser, token } = await asked(actor.email);
  await browser.signInBy("link", { token });
  const members = () => browser.query("members.list", { institution: institution.slug });
  expect((await members()).status).toBe(200);
  await db.administrator`update members set removed_at = now() where account_id = ${actor.accountId}`;
  expect((await members()).status).toBe(404);
  await db.administrator`update accounts set disabled_at = now() where id = ${actor.accountId}`;
  expect(await whoIs(browser)).toBe(401);
});

test("cookies are HttpOnly, SameSite=Lax, and the session's holds no more than its sealed id", async () => {
  const { owner } = await createInstitution();
  const { browser, token } = await asked(owner.email);
  await browser.send("/api/auth/csrf");
  const csrf = (await (await browser.send("/api/auth/csrf")).json()) as { csrfToken: string };
  const response = await browser.send("/api/auth/callback/link", {
    method: "POST",
    body: new URLSearchParams({ token, csrfToken: csrf.csrfToken, json: "true" }),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  const line = response.headers.getSetCookie().find((one) => one.startsWith("rollcall.session="));
  expect(line).toMatch(/HttpOnly/i);
  expect(line).toMatch(/SameSite=Lax/i);
  expect(line).toMatch(/Path=\/;/i);
  expect(line).not.toContain(owner.email);
});

test("an address is kept in small letters, so that two spellings are one account", async () => {
  const { owner } = await createInstitution();
  expect((await openBrowser().call("signIn.request", { email: ` ${owner.email.toUpperCase()} ` })).status).toBe(200);
  expect((await listMails())[0]?.recipient).toBe(owner.email);
});

test("a link leads back to where one wanted to go, and nowhere else (T33)", async () => {
  const { owner, slug } = await createInstitution();
  const { url } = await asked(owner.email, openBrowser(), `/i/${slug}/preview/runs/3`);
  expect(url.searchParams.get("to")).toBe(`/i/${slug}/preview/runs/3`);
  await db.administrator`delete from rate_limits`;
  const elsewhere = await asked(owner.email, openBrowser(), "https://evil.example/i/x");
  expect(elsewhere.url.searchParams.get("to")).toBeNull();
});

test.each([
  ["/i/lakeside/preview/runs/3", "/i/lakeside/preview/runs/3"],
  ["http://localhost:3000/i/lakeside/preview", "/i/lakeside/preview"],
  ["https://evil.example/i/lakeside", "/"],
  ["//evil.example/i/lakeside", "/"],
  ["/api/auth/signout", "/"],
  ["javascript:alert(1)", "/"],
])("after signing in, %s leads to %s of ours (T33)", async (callbackUrl, path) => {
  const { owner } = await createInstitution();
  const browser = openBrowser();
  const token = new URL(await signInLink(owner.email)).searchParams.get("token") ?? "";
  const csrf = (await (await browser.send("/api/auth/csrf")).json()) as { csrfToken: string };
  const response = await browser.send("/api/auth/callback/link", {
    method: "POST",
    body: new URLSearchParams({ token, callbackUrl, csrfToken: csrf.csrfToken }),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  expect([response.status, response.headers.get("location")]).toEqual([302, `http://localhost:3000${path}`]);
});

test("a printed link signs in from any browser, once", async () => {
  const { owner } = await createInstitution();
  const url = new URL(await signInLink(owner.email));
  expect(url.pathname).toBe("/login/link");
  const browser = openBrowser();
  expect(await browser.signInBy("link", { token: url.searchParams.get("token") ?? "" })).toBeNull();
  expect(await whoIs(browser)).toBe(200);
});

async function sessionsOf(accountId: number): Promise<number> {
  const [found] = await db.administrator<{ n: number }[]>`select count(*)::int as n from sessions where account_id = ${accountId}`;
  return found?.n ?? 0;
}
