import { execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { inBandSync } from "@/server/durable/call";
import { metricsText } from "@/server/metrics";
import { freePort } from "@/server/processes/ports";
import { dataPlace, deploymentSecret } from "@/server/secrets";
import { createDatabase, type TestDatabase } from "@/tests/support/database";
import { eventually } from "./eventually";
import { type PeerServer, startPeerServer } from "./peer-server";

const SIGNING_KEY = `signkey-test-${"5a".repeat(32)}`;
const EVENT_KEY = "key-of-events";
const checkout = fileURLToPath(new URL("../..", import.meta.url));

let database: TestDatabase;
let port: number;
let log: string;
const ends: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  database = await createDatabase();
  port = await freePort("127.0.0.1", 0);
  log = "";
  await leaveWorkFromBefore();
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await database.close();
});

/** What the embedded executor would do at once: a call that is due, and a schedule whose tick has passed. */
async function leaveWorkFromBefore(): Promise<void> {
  const sql = database.administrator;
  await sql`
    insert into durable.jobs (id, fn_id, events, created_at)
    values ('left', 'rollcall-remove-expired', '[{"id": "e", "name": "retention/due", "data": {}, "ts": 0}]', durable.now_())`;
  await sql`insert into durable.queue (kind, run_id, fn_id, run_at) values ('exec', 'left', 'rollcall-remove-expired', durable.now_())`;
  await sql`
    insert into durable.crons (fn_id, cron, next_at) values ('rollcall-expire-runs', '17 * * * *', durable.now_() - interval '1 minute')`;
}

interface Left {
  readonly jobs: number;
  readonly begun: number;
  readonly ticks: number;
  readonly functions: number;
}

async function left(): Promise<Left | undefined> {
  const [row] = await database.administrator<Left[]>`
    select (select count(*)::int from durable.jobs) as jobs,
      (select count(*)::int from durable.jobs where status <> 'queued') +
        (select count(*)::int from durable.queue where kind = 'exec' and leased_at is not null) as begun,
      (select count(*)::int from durable.crons where next_at > durable.now_()) as ticks,
      (select count(*)::int from durable.functions) as functions`;
  return row;
}

const processEnvironment = (more: Record<string, string>): NodeJS.ProcessEnv => ({
  NODE_ENV: process.env.NODE_ENV,
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  DATABASE_URL: database.url,
  ROLLCALL_ENV: "test",
  ROLLCALL_SECRET: deploymentSecret(),
  ROLLCALL_DATA: dataPlace(),
  ROLLCALL_WORKER_PORT: String(port),
  LOG_LEVEL: "info",
  ...more,
});

/** The system's own worker, as it is deployed. */
function startWorker(environment: Record<string, string>): void {
  const child = spawn(process.execPath, ["--import", "tsx", "server/worker.ts"], {
    cwd: checkout,
    stdio: ["ignore", "ignore", "pipe"],
    env: processEnvironment(environment),
  });
  child.stderr?.on("data", (text: Buffer) => {
    log += text.toString();
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  ends.push(() => {
    child.kill("SIGKILL");
    return ended;
  });
}

const Report = z.object({ checks: z.array(z.object({ name: z.string(), state: z.string(), detail: z.string() })) });

/** What the doctor says of the executor. */
function doctor(environment: Record<string, string>): Promise<{ state: string; detail: string } | undefined> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--import", "tsx", "server/cli/main.ts", "doctor", "--json"],
      { cwd: checkout, env: processEnvironment(environment) },
      (_, output) => resolve(Report.parse(JSON.parse(output)).checks.find(({ name }) => name === "executor")),
    );
  });
}

async function peerServer(at?: number): Promise<PeerServer> {
  const peer = await startPeerServer(at);
  ends.push(peer.close);
  return peer;
}

const endpoint = (signingKey: string) => ({
  handler: (request: Request) => fetch(request),
  url: `http://127.0.0.1:${port}/api/inngest`,
  signingKey,
});
const emit = () => database.administrator`select durable.emit('retention/due', '{}')`;

const SWITCHES: Record<string, (url: string) => Record<string, string>> = {
  "the keys of the cloud": (url) => ({
    INNGEST_EVENT_KEY: EVENT_KEY,
    INNGEST_SIGNING_KEY: SIGNING_KEY,
    // Where the cloud is: this machine, so that the test needs no other.
    INNGEST_API_BASE_URL: url,
    INNGEST_EVENT_API_BASE_URL: url,
  }),
  INNGEST_BASE_URL: (url) => ({ INNGEST_BASE_URL: url, INNGEST_EVENT_KEY: EVENT_KEY, INNGEST_SIGNING_KEY: SIGNING_KEY }),
  INNGEST_DEV: (url) => ({ INNGEST_DEV: url }),
};

describe("a worker", () => {
  it("runs what is left and keeps the schedules where no server is named", async () => {
    startWorker({});
    await eventually("begun call and kept schedule", async () => {
      const now = await left();
      return (now?.begun ?? 0) > 0 && now?.ticks !== 0 && (now?.jobs ?? 0) > 1;
    });
  });

  for (const [name, environment] of Object.entries(SWITCHES)) {
    it(`leaves all that to the server that ${name} name${name.startsWith("the") ? "" : "s"}, and hands its events over`, async () => {
      const peer = await peerServer();
      const before = { jobs: 1, begun: 0, ticks: 0, functions: 0 };
      await emit();
      startWorker(environment(peer.url));
      await eventually("registration", async () => peer.registrations.length > 0);
      await eventually("first event", async () => peer.events.length === 1);
      await emit();
      await eventually("second event", async () => peer.events.length === 2);
      expect(await left()).toEqual(before);
      expect(peer.registrations[0]).toMatchObject({ appName: "rollcall", url: endpoint("").url });
      expect(peer.registrations[0]?.functions.length).toBeGreaterThan(10);
      await inBandSync(endpoint(SIGNING_KEY));
      const isSigned = !name.includes("DEV");
      const forged = inBandSync(endpoint(`signkey-test-${"5b".repeat(32)}`)).then(
        () => "taken",
        () => "refused",
      );
      expect(await forged).toBe(isSigned ? "refused" : "taken");
    });
  }
});

describe("a server that is down when the worker starts", () => {
  const unregistered = async (): Promise<number> =>
    Number(/^rollcall_functions_unregistered_seconds (\S+)$/m.exec(await metricsText())?.[1]);
  const said = (words: string): number => log.split(words).length - 1;

  it("gets the functions as soon as it is up; until then metrics and doctor say so, and the log once", async () => {
    const serverPort = await freePort("127.0.0.1", 0);
    const url = `http://127.0.0.1:${serverPort}`;
    const environment = { INNGEST_BASE_URL: url, INNGEST_EVENT_KEY: EVENT_KEY, INNGEST_SIGNING_KEY: SIGNING_KEY };
    startWorker(environment);
    await eventually("second try", async () => {
      const [row] = await database.administrator<
        { again: boolean }[]
      >`select status <> 200 and tried_at > since as again from durable.registrations`;
      return row?.again;
    });
    expect(await unregistered()).toBeGreaterThan(0);
    expect(await doctor(environment)).toMatchObject({
      state: "failed",
      detail: expect.stringContaining(`has not taken the functions of ${endpoint("").url}`),
    });
    const peer = await peerServer(serverPort);
    await eventually("registration", async () => peer.registrations.length > 0);
    await eventually("word of it", async () => said("functions registered") > 0);
    await eventually("end of the lack", async () => (await unregistered()) === 0);
    expect(await doctor(environment)).toMatchObject({ state: "ok", detail: expect.stringContaining(endpoint("").url) });
    expect(said("the Inngest server did not take the functions")).toBe(1);
    expect(said("functions registered")).toBe(1);
    expect(said("Failed to register")).toBe(0);
  });
});
