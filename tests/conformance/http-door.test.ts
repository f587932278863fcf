import { request as call, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedClient } from "@/server/durable/embedded-client";
import { signed } from "@/server/durable/signature";
import { dispatcher, jobsRoute } from "@/server/jobs/handler";
import { answerCall } from "@/server/jobs/http-door";
import { cases } from "./cases";

const KEY = `signkey-test-${"21".repeat(32)}`;
const BYTES_MAX = 200_000;
let ran = 0;
const client = embeddedClient({ id: "door", signingKey: KEY, write: async () => [] });
const handler = dispatcher(
  jobsRoute(client, [
    cases(client)("counted", {}, async () => {
      ran += 1;
    }),
  ]),
);
const server = createServer(async (request, response) => {
  const given = await answerCall(request, handler, BYTES_MAX);
  response.writeHead(given.status, Object.fromEntries(given.headers));
  response.end(Buffer.from(await given.arrayBuffer()));
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends a body in parts, without saying its length, and ends it only when asked to. */
function sent(parts: readonly string[], how: { signature?: string; ends: boolean }): Promise<number> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      ...(how.signature === undefined ? {} : { "x-inngest-signature": how.signature }),
    };
    const going = call(
      { port, host: "127.0.0.1", method: "POST", path: "/api/inngest?fnId=door-counted&stepId=step", headers },
      (response) => {
        resolve(response.statusCode ?? 0);
        response.resume();
        going.destroy();
      },
    );
    going.once("error", reject);
    for (const part of parts) going.write(part);
    if (how.ends) going.end();
  });
}

const body = (filling: number) => ({
  version: -1,
  event: { name: "a", data: { filling: "x".repeat(filling) } },
  events: [],
  steps: {},
  ctx: { run_id: "r", attempt: 0 },
});

describe("the worker's endpoint over HTTP", () => {
  it("runs a signed call that comes in parts", async () => {
    const { text, signature } = signed(body(100_000), KEY);
    expect(await sent([text.slice(0, 50_000), text.slice(50_000)], { signature, ends: true })).toBe(200);
    expect(ran).toBe(1);
  });

  it("refuses a call without a signature before its body has come", async () => {
    const before = ran;
    expect(await sent(["{"], { ends: false })).toBe(401);
    expect(await sent(["{"], { signature: "t=1&s=00", ends: false })).toBe(401);
    expect(ran).toBe(before);
  });

  it("stops reading a body that is larger than a call of ours can be, signed or not", async () => {
    const before = ran;
    const { text, signature } = signed(body(BYTES_MAX), KEY);
    expect(await sent([text.slice(0, 150_000), text.slice(150_000)], { signature, ends: false })).toBe(413);
    expect(ran).toBe(before);
  });
});
