import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { migrate } from "@/db/migrate";
import { closeDatabases, databaseUrl } from "./database";
import { env } from "./env";
import { failureOf } from "./failure";
import { cleanUpIntake } from "./intake/clean-up";
import { jobFunctions } from "./jobs/functions";
import { answerCall } from "./jobs/http-door";
import { startJobs } from "./jobs/start";
import { log } from "./log";
import { sendMails } from "./notify/send-mails";
import { whenAskedToEnd } from "./processes/child";
import { ABANDONED_MS } from "./processes/upload-time";
import { repeating } from "./repeating";
import { deploymentSecret } from "./secrets";
import { sendDueWaves } from "./services/welcome/send-due-waves";

const CLEAN_UP_EVERY_MS = 3_600_000;
const MAILS_EVERY_MS = 2_000;
const WAVES_EVERY_MS = 15_000;

/**
 * The worker: runs the functions, hands waves of welcome mails to the outbox, sends the mails, clears away what a crash left of
 * intake. Its own `/api/inngest` is the only endpoint that runs steps. At SIGTERM it takes nothing new, finishes or gives back what it
 * has, and ends.
 */
async function startWorker(): Promise<void> {
  await migrate({ url: await databaseUrl(), secret: deploymentSecret() });
  const address = `http://${env.ROLLCALL_HOST}:${env.ROLLCALL_WORKER_PORT}/api/inngest`;
  const jobs = await startJobs(jobFunctions, address);
  const server = createServer((request, response) => void answer({ request, response, handler: jobs.handler }));
  await listen(server);
  jobs.announce();
  const mails = repeat("mails", { everyMs: MAILS_EVERY_MS, work: () => sendMails() });
  const waves = repeat("waves", { everyMs: WAVES_EVERY_MS, work: () => sendDueWaves() });
  const intake = repeat("intake", { everyMs: CLEAN_UP_EVERY_MS, work: () => cleanUpIntake(ABANDONED_MS) });
  log.info({ port: env.ROLLCALL_WORKER_PORT }, "worker started");
  whenAskedToEnd(async () => {
    await jobs.drain();
    await Promise.all([mails.stop(), waves.stop(), intake.stop()]);
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    await closeDatabases();
    log.info("worker stopped");
  });
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(env.ROLLCALL_WORKER_PORT, env.ROLLCALL_HOST, resolve);
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly handler: (request: Request) => Promise<Response>;
}

async function answer({ request, response, handler }: Exchange): Promise<void> {
  try {
    const given = await responseTo(request, handler);
    response.writeHead(given.status, Object.fromEntries(given.headers));
    response.end(Buffer.from(await given.arrayBuffer()));
  } catch (cause) {
    log.error(failureOf(cause), "the worker's endpoint failed");
    response.writeHead(500).end();
  }
}

async function responseTo(request: IncomingMessage, handler: Exchange["handler"]): Promise<Response> {
  const url = new URL(request.url ?? "/", `http://${request.headers.host ?? "localhost"}`);
  if (url.pathname === "/api/health") return Response.json({ status: "ok" });
  if (url.pathname !== "/api/inngest") return new Response(null, { status: 404 });
  return answerCall(request, handler);
}

/** Does `work` again and again, one at a time; a failure is logged and does not end it. */
const repeat = (name: string, task: { everyMs: number; work: () => Promise<unknown> }): { stop(): Promise<void> } =>
  repeating(async () => {
    try {
      await task.work();
    } catch (cause) {
      log.error({ task: name, ...failureOf(cause) }, "a repeated task failed");
    }
    return task.everyMs;
  });

await startWorker();
