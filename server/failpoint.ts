import { writeFileSync } from "node:fs";
import { access } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { env, isProduction } from "./env";

/**
 * Named places at which a test lets a process die, freeze or wait: the only honest way to show what a crash there leaves behind.
 *
 * `ROLLCALL_FAILPOINT` lists them, separated by commas, as `name[@nth]=action[:file]`:
 * - `kill`  SIGKILL to this process (the file, when named, is written first);
 * - `stop`  SIGSTOP to this process; it goes on at SIGCONT (the file is written first);
 * - `wait`  writes `<file>.reached`, then waits until `<file>` exists;
 * - `throw` throws an ordinary error.
 * `@nth` acts at the nth passage of this process only; without it at every one.
 */
interface Failpoint {
  readonly name: string;
  readonly nth: number | null;
  readonly action: "kill" | "stop" | "wait" | "throw";
  readonly file: string | null;
}

let armed: readonly Failpoint[] | null = null;
const passages = new Map<string, number>();

/** Does nothing, at the cost of one comparison, unless this process was started outside production with `ROLLCALL_FAILPOINT` naming `name`. */
export async function failpoint(name: string): Promise<void> {
  armed ??= armedByEnvironment();
  if (armed.length === 0) return;
  const passage = (passages.get(name) ?? 0) + 1;
  passages.set(name, passage);
  for (const point of armed) {
    if (point.name === name && (point.nth === null || point.nth === passage)) await act(point);
  }
}

function armedByEnvironment(): readonly Failpoint[] {
  const list = env.ROLLCALL_FAILPOINT;
  if (isProduction || list === undefined || list === "") return [];
  return list.split(",").map(parse);
}

function parse(text: string): Failpoint {
  const found = /^([^@=]+)(?:@(\d+))?=(kill|stop|wait|throw)(?::(.+))?$/.exec(text.trim());
  if (found === null) throw new Error(`ROLLCALL_FAILPOINT: cannot read "${text}"`);
  const [, name = "", nth, action, file = null] = found;
  if (action === "wait" && file === null) throw new Error(`ROLLCALL_FAILPOINT: "${text}" names no file to wait for`);
  return { name, nth: nth === undefined ? null : Number(nth), action: action as Failpoint["action"], file };
}

async function act(point: Failpoint): Promise<void> {
  switch (point.action) {
    case "kill":
      if (point.file !== null) writeFileSync(point.file, "");
      process.kill(process.pid, "SIGKILL");
      // The signal is delivered when the event loop turns: nothing after this point may run.
      return new Promise(() => {});
    case "stop":
      if (point.file !== null) writeFileSync(point.file, "");
      process.kill(process.pid, "SIGSTOP");
      return;
    case "wait": {
      const file = point.file ?? "";
      writeFileSync(`${file}.reached`, "");
      while (!(await exists(file))) await pause(20);
      return;
    }
    case "throw":
      throw new Error(`Failpoint ${point.name}`);
    default:
      point.action satisfies never;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
