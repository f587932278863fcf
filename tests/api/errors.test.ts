import { afterAll, beforeAll, expect, test } from "vitest";
import { signInLink } from "@/server/services/sign-in/link-for";
import { openBrowser } from "@/tests/support/browser";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution } from "@/tests/support/institution";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

async function signedInBrowser() {
  const { owner, slug } = await createInstitution();
  const browser = openBrowser();
  await browser.signInBy("link", { token: new URL(await signInLink(owner.email)).searchParams.get("token") ?? "" });
  return { browser, slug };
}

test("a failure of ours reaches the page with its code and what it explains", async () => {
  const { browser, slug } = await signedInBrowser();
  const answer = await browser.call("feeds.create", { institution: slug, name: "SIS", source: "no-such-source" });
  expect(answer.status).toBe(400);
  expect(answer.error).toMatchObject({
    data: { appCode: "INVALID", details: { fields: [{ path: ["source"], message: "There is no such kind of source" }] } },
  });
});

test("a failure of the program reaches it as a reference and nothing else: no query, no value, no stack (T19)", async () => {
  const { browser, slug } = await signedInBrowser();
  await db.administrator`alter table feeds rename column source to moved`;
  try {
    const answer = await browser.call("feeds.create", { institution: slug, name: "CANARY", source: "oneroster-csv" });
    expect(answer.status).toBe(500);
    expect(answer.error?.message).toMatch(/^Something went wrong on our side\. Reference: [0-9a-f-]{36}$/);
    expect(JSON.stringify(answer)).not.toMatch(/CANARY|insert|feeds"|column|\.ts:/);
  } finally {
    await db.administrator`alter table feeds rename column moved to source`;
  }
});

test("what is no procedure, no JSON, or no input is refused as that", async () => {
  const { browser, slug } = await signedInBrowser();
  expect((await browser.query("no.such")).status).toBe(404);
  expect((await browser.query("institutions.get", {})).status).toBe(400);
  expect((await browser.query("institutions.get", { institution: ["x"] })).status).toBe(400);
  expect((await browser.query("institutions.get", { institution: `${slug}\u0000` })).status).toBe(404);
  const headers = { "content-type": "application/json", "x-rollcall": "1" };
  expect((await browser.send("/api/trpc/feeds.create", { method: "POST", headers, body: "{" })).status).toBe(400);
});
