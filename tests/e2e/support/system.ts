import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { checkout } from "@/server/processes/checkout";

const Ready = z.object({ ready: z.object({ url: z.string(), databaseUrl: z.string(), data: z.string() }) });

/** Starts the system as `npm start` does (a production build, embedded Postgres, web and worker), in a data folder of its own. */
export default async function startSystem(): Promise<() => Promise<void>> {
  const data = mkdtempSync(join(tmpdir(), "rollcall-e2e-"));
  chmodSync(data, 0o755);
  const secret = randomBytes(32).toString("base64url");
  const env = {
    ...process.env,
    ROLLCALL_ENV: "test",
    ROLLCALL_DATA: data,
    ROLLCALL_SECRET: secret,
    DATABASE_URL: undefined,
    ROLLCALL_SIGN_UP: "open",
    PRODUCT_URL: "https://product.example/",
    LOG_LEVEL: "warn",
  };
  const system = spawn(process.execPath, ["--import", "tsx", "server/main.ts"], {
    cwd: checkout,
    env,
    stdio: ["ignore", "ignore", 2, "ipc"],
  });
  const ended = new Promise<void>((resolve) => system.once("exit", () => resolve()));
  const { ready } = await new Promise<z.infer<typeof Ready>>((resolve, reject) => {
    system.once("message", (message) => resolve(Ready.parse(message)));
    system.once("exit", (code) => reject(new Error(`The system did not start (exit ${code})`)));
  });
  // Tests, which run in processes of their own, reach the system by these.
  Object.assign(process.env, {
    ROLLCALL_ENV: "test",
    ROLLCALL_TEST_URL: ready.url,
    ROLLCALL_URL: ready.url,
    DATABASE_URL: ready.databaseUrl,
    ROLLCALL_DATA: data,
    ROLLCALL_SECRET: secret,
    LOG_LEVEL: "silent",
  });
  return async () => {
    system.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
}
