import { afterAll, beforeAll, expect, test } from "vitest";
import { actorOf } from "@/server/auth/actor";
import { signInLink } from "@/server/services/sign-in/link-for";
import { openBrowser } from "@/tests/support/browser";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { createInstitution, signedIn } from "@/tests/support/institution";
import { listProcedures } from "@/tests/support/procedures";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

async function signedInBrowser() {
  const { owner } = await createInstitution();
  const browser = openBrowser();
  const token = new URL(await signInLink(owner.email)).searchParams.get("token") ?? "";
  expect(await browser.signInBy("link", { token })).toBeNull();
  return { browser, owner };
}

const own = { origin: "http://localhost:3000", "content-type": "application/json", "x-rollcall": "1" };
const body = JSON.stringify({ json: {} });

test.each([
  ["from another origin", { ...own, origin: "https://evil.example" }],
  ["from a sandboxed page", { ...own, origin: "null" }],
  ["from another port", { ...own, origin: "http://localhost:3001" }],
  ["from the same host over another scheme", { ...own, origin: "https://localhost:3000" }],
  ["as a form", { ...own, "content-type": "application/x-www-form-urlencoded" }],
  ["as a form with a file", { ...own, "content-type": "multipart/form-data; boundary=x" }],
  ["as text", { ...own, "content-type": "text/plain" }],
  ["as raw bytes", { ...own, "content-type": "application/octet-stream" }],
  ["as a type that only begins like JSON", { ...own, "content-type": "application/jsonx" }],
  ["without our header", { origin: own.origin, "content-type": own["content-type"] }],
])("a changing request %s is refused and changes nothing (T7)", async (_, headers) => {
  const { browser, owner } = await signedInBrowser();
  const other = await signedIn(owner.id);
  const response = await browser.send("/api/trpc/session.signOutEverywhere", { method: "POST", headers, body });
  expect(response.status).toBe(403);
  expect(await actorOf(other.sessionId)).not.toBeNull();
});

test("the same request from our own page goes through", async () => {
  const { browser, owner } = await signedInBrowser();
  const other = await signedIn(owner.id);
  const response = await browser.send("/api/trpc/session.signOutEverywhere", { method: "POST", headers: own, body });
  expect(response.status).toBe(200);
  expect(await actorOf(other.sessionId)).toBeNull();
});

test("no procedure that changes something answers a GET (T7)", async () => {
  const { browser } = await signedInBrowser();
  const mutations = listProcedures().filter((procedure) => procedure.type === "mutation");
  expect(mutations.length).toBeGreaterThan(3);
  for (const { path } of mutations) {
    const response = await browser.send(`/api/trpc/${path}?input=${encodeURIComponent(body)}&_method=POST`, {
      headers: { "x-rollcall": "1" },
    });
    expect(response.status, path).toBe(405);
  }
});

test("another site can neither sign a browser in nor out", async () => {
  const { browser, owner } = await signedInBrowser();
  for (const path of ["/api/auth/signout", "/api/auth/callback/link", "/api/auth/callback/code"]) {
    const form = new URLSearchParams({ csrfToken: "guessed", token: "x", json: "true" });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const foreign = await browser.send(path, { method: "POST", body: form, headers: { ...headers, origin: "https://evil.example" } });
    expect(foreign.status).toBe(403);
    // And from our own origin, yet without the token of this browser.
    await browser.send(path, { method: "POST", body: form, headers });
  }
  expect((await browser.query("session.get")).status).toBe(200);
  expect(owner.email).toContain("@");
});

test("answers are nobody's to keep", async () => {
  const { browser } = await signedInBrowser();
  for (const path of ["/api/trpc/session.get", "/api/auth/session", "/api/auth/csrf"]) {
    const response = await browser.send(path, { headers: { "x-rollcall": "1" } });
    expect(response.headers.get("cache-control"), path).toMatch(/no-store/);
  }
});
