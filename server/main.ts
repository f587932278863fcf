import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startEmbedded } from "@/db/embedded";
import { migrate } from "@/db/migrate";
import { closeDatabases } from "./database";
import { childEnvironment, env, isProduction } from "./env";
import { cleanUpIntake } from "./intake/clean-up";
import { buildIfNeeded, nextCommand } from "./processes/build";
import { type Child, keepRunning, whenAskedToEnd } from "./processes/child";
import { freePort } from "./processes/ports";
import { ABANDONED_MS } from "./processes/upload-time";
import { dataPlace, deploymentSecret } from "./secrets";

/** How long the web app may take until it answers; in development its first page is compiled then. */
const READY_WITHIN_MS = 120_000;

/**
 * Everything that one machine needs: Postgres (the embedded one where no `DATABASE_URL` is set), migrations, the web app, and
 * the worker as a process of its own, so that a large run never slows a page. Prints where it is once it answers, tells a
 * parent process the same, and ends all of it in order when asked.
 */
async function startSystem(): Promise<void> {
  const isDeveloping = process.argv.includes("--dev");
  if (!isDeveloping) await buildIfNeeded();
  const postgres = env.DATABASE_URL === undefined ? await startEmbedded(join(dataPlace(), "postgres")) : null;
  const databaseUrl = postgres?.url ?? env.DATABASE_URL ?? "";
  await migrate({ url: databaseUrl, secret: deploymentSecret() });
  const ports = { web: await portFor(env.PORT), worker: await portFor(env.ROLLCALL_WORKER_PORT) };
  const url = isProduction ? env.ROLLCALL_URL : `http://localhost:${ports.web}`;
  const childEnv = childEnvironment({
    DATABASE_URL: databaseUrl,
    ROLLCALL_DATA: dataPlace(),
    ROLLCALL_URL: url,
    PORT: String(ports.web),
    ROLLCALL_WORKER_PORT: String(ports.worker),
  });
  // With a database of its own this machine alone takes uploads, and its web process is not up yet.
  await cleanUpIntake(postgres === null ? ABANDONED_MS : 0);
  await closeDatabases();
  const children = [
    keepRunning({
      name: "web",
      args: [nextCommand, ...webArguments(isDeveloping, ports.web)],
      env: { ...childEnv, NEXT_TELEMETRY_DISABLED: "1" },
    }),
    keepRunning({ name: "worker", args: workerArguments(isDeveloping), env: childEnv }),
  ];
  whenAskedToEnd(() => stopAll(children, postgres));
  await Promise.race([answers(`http://${env.ROLLCALL_HOST}:${ports.web}/api/health`), ...children.map((child) => child.hopeless)]).catch(
    async (cause: unknown) => {
      await stopAll(children, postgres);
      throw cause;
    },
  );
  process.stdout.write(`Rollcall is at ${url}\n`);
  process.send?.({ ready: { url, databaseUrl, data: dataPlace() } });
  for (const child of children) child.hopeless.catch((cause: unknown) => endWith(cause, () => stopAll(children, postgres)));
}

/** In production the configured port or none; elsewhere another one where it is taken. */
const portFor = async (preferred: number): Promise<number> => (isProduction ? preferred : await freePort(env.ROLLCALL_HOST, preferred));

const webArguments = (isDeveloping: boolean, port: number): string[] => [
  isDeveloping ? "dev" : "start",
  "-H",
  env.ROLLCALL_HOST,
  "-p",
  String(port),
];

const workerArguments = (isDeveloping: boolean): string[] =>
  isDeveloping ? [join("node_modules", "tsx", "dist", "cli.mjs"), "watch", "server/worker.ts"] : ["--import", "tsx", "server/worker.ts"];

async function stopAll(children: readonly Child[], postgres: { stop(): Promise<void> } | null): Promise<void> {
  await Promise.all(children.map((child) => child.stop()));
  await closeDatabases();
  await postgres?.stop();
}

async function answers(health: string): Promise<void> {
  for (const deadline = Date.now() + READY_WITHIN_MS; ; await pause(100)) {
    const response = await fetch(health, { signal: AbortSignal.timeout(10_000) }).catch(() => null);
    if (response?.ok === true) return;
    if (Date.now() > deadline) throw new Error(`The web app does not answer at ${health}`);
  }
}

function endWith(cause: unknown, stop: () => Promise<void>): void {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  void stop().finally(() => process.exit(1));
}

await startSystem();
