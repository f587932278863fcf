import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dataPlace, deploymentSecret } from "@/server/secrets";
import { eventually } from "@/tests/conformance/eventually";
import { bundled } from "./bundled";

export interface WorkerProcess {
  readonly name: string;
  readonly processId: number;
  readonly ended: Promise<NodeJS.Signals | number | null>;
  signal(signal: NodeJS.Signals): void;
  /** Whether the process is stopped by a signal at this moment. */
  isStopped(): boolean;
}

const checkout = fileURLToPath(new URL("../..", import.meta.url));
const alive = new Set<ChildProcess>();

/** Starts a real worker process and resolves when it takes work. */
export async function startWorker(options: {
  databaseUrl: string;
  name: string;
  failpoint?: string;
  skewMs?: number;
  drainMs?: number;
  /** Runs the system's own functions instead of those made for faults. */
  isMain?: boolean;
  /** Hears every line of the log, at level debug. */
  onLog?: (text: string) => void;
}): Promise<WorkerProcess> {
  const program = await bundled(options.isMain === true ? "durable-main-worker" : "durable-worker");
  const child = spawn(process.execPath, [program, options.name, String(options.skewMs ?? 0), String(options.drainMs ?? 5_000)], {
    cwd: checkout,
    stdio: ["ignore", "pipe", options.onLog === undefined ? "inherit" : "pipe"],
    env: {
      NODE_ENV: process.env.NODE_ENV,
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATABASE_URL: options.databaseUrl,
      ROLLCALL_ENV: "test",
      ROLLCALL_SECRET: deploymentSecret(),
      ROLLCALL_DATA: dataPlace(),
      LOG_LEVEL: options.onLog === undefined ? (process.env.WORKER_LOG ?? "silent") : "debug",
      ROLLCALL_FAILPOINT: options.failpoint ?? "",
    },
  });
  alive.add(child);
  child.stderr?.on("data", (text: Buffer) => options.onLog?.(text.toString()));
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) =>
    child.once("exit", (code, signal) => {
      alive.delete(child);
      resolve(signal ?? code);
    }),
  );
  const ready = new Promise<void>((resolve) => child.stdout?.on("data", (text: Buffer) => text.includes("ready") && resolve()));
  await Promise.race([
    ready,
    ended.then((how) => {
      throw new Error(`Worker ${options.name} ended with ${how} before it was ready`);
    }),
  ]);
  const processId = child.pid ?? 0;
  return {
    name: options.name,
    processId,
    ended,
    signal: (signal) => void child.kill(signal),
    isStopped: () => /^State:\s+T/m.test(readFileSync(`/proc/${processId}/status`, "utf8")),
  };
}

/** Ends every worker that this file started and waits until they are gone. */
export async function endWorkers(): Promise<void> {
  for (const child of alive) child.kill("SIGKILL");
  await eventually("end of all workers", async () => alive.size === 0);
}
