import { spawn } from "node:child_process";
import { z } from "zod";
import { childEnvironment } from "@/server/env";
import { checkout } from "@/server/processes/checkout";

const Ready = z.object({ ready: z.object({ url: z.string() }) });

/** The whole system, started as `npm start` starts it. */
export interface RunningSystem {
  readonly url: string;
  /** Resolves when it has ended, by itself or by `stop`. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Starts it and waits until its pages answer. Rejects when it ends before that; its own words stand on standard error. */
export async function startSystem(): Promise<RunningSystem> {
  const system = spawn(process.execPath, ["--import", "tsx", "server/main.ts"], {
    cwd: checkout,
    env: childEnvironment({ LOG_LEVEL: "warn" }),
    stdio: ["ignore", "ignore", 2, "ipc"],
  });
  const ended = new Promise<void>((resolve) => system.once("exit", () => resolve()));
  const { ready } = await new Promise<z.infer<typeof Ready>>((resolve, reject) => {
    system.once("message", (message) => resolve(Ready.parse(message)));
    system.once("exit", (code) => reject(new Error(`The system did not start (exit ${code})`)));
  });
  return {
    url: ready.url,
    ended,
    stop: async () => {
      system.kill("SIGTERM");
      await ended;
    },
  };
}
