import { describe, expect, it } from "vitest";
import { embeddedClient } from "@/server/durable/embedded-client";
import { signed } from "@/server/durable/signature";
import { jobsRoute } from "@/server/jobs/handler";
import { cases } from "./cases";

const KEY = `signkey-test-${"12".repeat(32)}`;
let ran = 0;
const client = embeddedClient({ id: "endpoint", signingKey: KEY, write: async () => [] });
const route = jobsRoute(client, [
  cases(client)("counted", {}, async () => {
    ran += 1;
  }),
]);

const body = { version: -1, event: { name: "a", data: {} }, events: [], steps: {}, ctx: { run_id: "r", attempt: 0 } };
const request = (method: string, more: { signature?: string; text?: string; headers?: Record<string, string> } = {}) =>
  new Request("http://localhost/api/inngest?fnId=endpoint-counted&stepId=step", {
    method,
    headers: {
      host: "localhost",
      ...(more.signature === undefined ? {} : { "x-inngest-signature": more.signature }),
      ...more.headers,
    },
    ...(method === "GET" ? {} : { body: more.text ?? JSON.stringify(body) }),
  });

describe("the functions' endpoint", () => {
  it("runs what is signed", async () => {
    const { text, signature } = signed(body, KEY);
    expect((await route.POST(request("POST", { text, signature }))).status).toBe(200);
    expect(ran).toBe(1);
  });

  it("answers 401 to calls, registrations and questions that are not signed", async () => {
    const before = ran;
    expect((await route.POST(request("POST"))).status).toBe(401);
    expect((await route.PUT(request("PUT"))).status).toBe(401);
    expect((await route.PUT(request("PUT", { headers: { "x-inngest-sync-kind": "in_band" } }))).status).toBe(401);
    expect((await route.GET(request("GET"))).status).toBe(401);
    expect(ran).toBe(before);
  });

  it("answers 401 to another key's signature, to a changed body and to what is no JSON", async () => {
    const before = ran;
    const { text, signature } = signed(body, KEY);
    const foreign = signed(body, `signkey-test-${"13".repeat(32)}`);
    expect((await route.POST(request("POST", { text, signature: foreign.signature }))).status).toBe(401);
    expect((await route.POST(request("POST", { text: text.replace('"r"', '"other"'), signature }))).status).toBe(401);
    expect((await route.POST(request("POST", { text: "no json", signature }))).status).toBe(401);
    expect(ran).toBe(before);
  });

  it("answers 401 to a signature older or newer than five minutes", async () => {
    const before = ran;
    const now = Date.now;
    for (const shift of [-301_000, 301_000]) {
      Date.now = () => now() + shift;
      const { text, signature } = signed(body, KEY);
      Date.now = now;
      expect((await route.POST(request("POST", { text, signature }))).status).toBe(401);
    }
    expect(ran).toBe(before);
  });

  it("answers 405 without content to other methods", async () => {
    for (const method of ["PATCH", "OPTIONS", "DELETE"] as const) {
      const response = await route[method](request(method));
      expect(response.status).toBe(405);
      expect(await response.text()).toBe("");
    }
  });

  it("refuses a body that claims to be enormous before it reads it", async () => {
    const { text, signature } = signed(body, KEY);
    const response = await route.POST(request("POST", { text, signature, headers: { "content-length": String(2 ** 31) } }));
    expect(response.status).toBe(413);
  });
});
