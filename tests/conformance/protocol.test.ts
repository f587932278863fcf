import { createHash } from "node:crypto";
import { NonRetriableError, RetryAfterError } from "inngest";
import { describe, expect, it } from "vitest";
import { embeddedClient } from "@/server/durable/embedded-client";
import { signed } from "@/server/durable/signature";
import { dispatcher, jobsRoute } from "@/server/jobs/handler";
import { cases } from "./cases";

/**
 * What the SDK answers, recorded with the version in use (tests/fixtures/durable). An upgrade that changes any of it shows
 * here first; record anew with `npx vitest run -u` only after the conformance suite is green.
 */
const KEY = `signkey-test-${"ef".repeat(32)}`;
const URL_BASE = "http://localhost/api/inngest";
const client = embeddedClient({ id: "protocol", signingKey: KEY, write: async (events) => events.map((_, place) => `id ${place}`) });
const on = cases(client);
const target = on("target", {}, async () => "hit");
const handler = dispatcher(
  jobsRoute(client, [
    target,
    on("plain", {}, async () => ({ returned: true })),
    on("nothing", {}, async () => undefined),
    on("step", {}, async ({ step }) => step.run("one", () => ({ n: 1 }))),
    on("pair", {}, async ({ step }) => Promise.all([step.run("one", () => 1), step.run("two", () => 2)])),
    on("raced", {}, async ({ step, group }) =>
      group.parallel({ mode: "race" }, () => Promise.race([step.run("one", () => 1), step.run("two", () => 2)])),
    ),
    on("sleep", {}, async ({ step }) => step.sleep("rest", "90m")),
    on("until", {}, async ({ step }) => step.sleepUntil("then", new Date("2030-01-01T00:00:00Z"))),
    on("wait", {}, async ({ step }) => step.waitForEvent("answer", { event: "a/b", timeout: "2h", match: "data.x" })),
    on("invoke", {}, async ({ step }) => step.invoke("call", { function: target, data: { n: 1 }, timeout: "1h" })),
    on("send", {}, async ({ step }) => step.sendEvent("tell", { name: "a/b", data: { x: 1 } })),
    on("broken", {}, async () => {
      throw new Error("broken");
    }),
    on("later", {}, async () => {
      throw new RetryAfterError("later", 7_000);
    }),
    on("fatal", {}, async () => {
      throw new NonRetriableError("fatal");
    }),
    on("broken-step", {}, async ({ step }) =>
      step.run("one", () => {
        throw new RetryAfterError("broken", 7_000);
      }),
    ),
    on(
      "limits",
      { concurrency: { limit: 1, key: "event.data.k" }, throttle: { limit: 1, period: "1m" }, idempotency: "event.data.k", retries: 2 },
      async () => 1,
    ),
  ]),
);

const sha1 = (id: string): string => createHash("sha1").update(id).digest("hex");

async function ask(request: { method: "POST" | "PUT"; query?: Record<string, string>; body: unknown; headers?: Record<string, string> }) {
  const { text, signature } = signed(request.body, KEY);
  const url = `${URL_BASE}?${new URLSearchParams(request.query ?? {})}`;
  const response = await handler(
    new Request(url, {
      method: request.method,
      body: text,
      headers: { host: "localhost", "content-type": "application/json", "x-inngest-signature": signature, ...request.headers },
    }),
  );
  const kept = [
    "x-inngest-no-retry",
    "retry-after",
    "x-inngest-req-version",
    "x-inngest-sdk",
    "x-inngest-sdk-handled",
    "x-inngest-sync-kind",
  ];
  return {
    request: { ...request, url },
    response: {
      status: response.status,
      headers: Object.fromEntries(kept.flatMap((name) => (response.headers.has(name) ? [[name, response.headers.get(name)]] : []))),
      body: JSON.parse(await response.text(), timeless),
    },
  };
}

/** Stacks and timings differ from run to run. */
function timeless(key: string, value: unknown): unknown {
  if (key === "stack") return value === "" ? "" : "(a stack)";
  if (key === "timing") return "(a timing)";
  if (key === "featureObservations" || key === "capabilities") return undefined;
  return value;
}

function call(name: string, more: { stepId?: string; steps?: Record<string, unknown>; attempt?: number; forced?: boolean } = {}) {
  const event = { id: "e1", name: `conformance/${name}`, data: { k: "v" }, ts: 1_700_000_000_000 };
  const stack = Object.keys(more.steps ?? {});
  return ask({
    method: "POST",
    query: { fnId: `protocol-${name}`, stepId: more.stepId ?? "step" },
    body: {
      version: -1,
      event,
      events: [event],
      steps: more.steps ?? {},
      ctx: {
        run_id: "r1",
        attempt: more.attempt ?? 0,
        max_attempts: 3,
        step_id: more.stepId ?? "step",
        disable_immediate_execution: more.forced ?? false,
        use_api: false,
        stack: { stack, current: stack.length },
      },
    },
  });
}

describe("the SDK in use", () => {
  it("answers as recorded", async () => {
    const exchanges = {
      registration: await ask({ method: "PUT", body: { url: URL_BASE }, headers: { "x-inngest-sync-kind": "in_band" } }),
      plain: await call("plain"),
      nothing: await call("nothing"),
      "step run at once": await call("step"),
      "step known": await call("step", { steps: { [sha1("one")]: { data: { n: 1 } } } }),
      "step failed before": await call("step", { steps: { [sha1("one")]: { error: { name: "Error", message: "no", stack: "s" } } } }),
      "step only planned": await call("step", { forced: true }),
      "step asked for": await call("step", { forced: true, stepId: sha1("one") }),
      "pair planned": await call("pair"),
      "race planned": await call("raced"),
      sleep: await call("sleep"),
      "sleep over": await call("sleep", { steps: { [sha1("rest")]: { data: null } } }),
      "sleep until": await call("until"),
      wait: await call("wait"),
      "wait over": await call("wait", { steps: { [sha1("answer")]: { data: { name: "a/b", data: { x: 1 } } } } }),
      "wait in vain": await call("wait", { steps: { [sha1("answer")]: { data: null } } }),
      invoke: await call("invoke"),
      send: await call("send"),
      "function error": await call("broken"),
      "function error, last attempt": await call("broken", { attempt: 2 }),
      "function error with a time": await call("later"),
      "function error for good": await call("fatal"),
      "step error": await call("broken-step"),
      "step error, last attempt": await call("broken-step", { attempt: 2 }),
    };
    await expect(`${JSON.stringify(exchanges, null, 2)}\n`).toMatchFileSnapshot("../fixtures/durable/protocol.json");
  });
});
