import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { log } from "@/server/log";
import { checkout } from "./checkout";

export interface ChildCommand {
  readonly name: string;
  /** Arguments of this very node. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** A process that is started again when it dies, until it is stopped. */
export interface Child {
  /** Rejects when the process died so often in a row that starting it again is no use. */
  readonly hopeless: Promise<never>;
  /** Asks it to end what it does, and ends it after `patienceMs`. */
  stop(patienceMs?: number): Promise<void>;
}

const DEATHS_MAX = 5;
/** A process that lived so long had started well. */
const LIVED_WELL_MS = 30_000;

export function keepRunning(command: ChildCommand): Child {
  let child = start(command);
  let stopping = false;
  const hopeless = (async (): Promise<never> => {
    for (let deaths = 0; ; ) {
      const startedAt = Date.now();
      const { code, signal } = await ended(child);
      if (stopping) return await new Promise<never>(() => {});
      deaths = Date.now() - startedAt > LIVED_WELL_MS ? 1 : deaths + 1;
      log.error({ process: command.name, code, signal }, "a process ended by itself");
      if (deaths >= DEATHS_MAX) throw new Error(`The ${command.name} process does not stay up`);
      await pause(1000);
      if (stopping) return await new Promise<never>(() => {});
      child = start(command);
    }
  })();
  // Whoever waits on it sees the rejection; without this a stop that comes first would leave it unseen.
  hopeless.catch(() => {});
  return {
    hopeless,
    stop: async (patienceMs = 30_000) => {
      stopping = true;
      const end = ended(child);
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
      await end;
      clearTimeout(timer);
    },
  };
}

/** What a process prints goes to standard error: standard output belongs to whoever starts the system. */
function start(command: ChildCommand): ChildProcess {
  return spawn(process.execPath, [...command.args], { cwd: checkout, env: command.env, stdio: ["ignore", 2, 2, "ipc"] });
}

async function ended(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once("exit", resolve));
  return { code: child.exitCode, signal: child.signalCode };
}

/** Calls `end` once when this process is asked to end, or when whoever started it as a child is gone. */
export function whenAskedToEnd(end: () => Promise<void>): void {
  let asked = false;
  const once = (): void => {
    if (asked) return;
    asked = true;
    end().then(
      () => process.exit(0),
      (cause: unknown) => {
        process.stderr.write(`${cause instanceof Error ? cause.stack : String(cause)}\n`);
        process.exit(1);
      },
    );
  };
  process.once("SIGTERM", once);
  process.once("SIGINT", once);
  process.once("disconnect", once);
}
