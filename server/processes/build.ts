import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { childEnvironment } from "@/server/env";
import { checkout } from "./checkout";

export const nextCommand = join("node_modules", "next", "dist", "bin", "next");

/** Whatever a build is made from. */
const SOURCES = [
  "instrumentation.ts",
  "app",
  "server",
  "db",
  "emails",
  "proxy.ts",
  "next.config.ts",
  "postcss.config.mjs",
  "tsconfig.json",
  "package-lock.json",
];

/** Builds the web app unless the last build was made from exactly these sources. Rejects, with the build's own words, when it fails. */
export async function buildIfNeeded(): Promise<void> {
  const stamp = join(checkout, ".next", "made-from.txt");
  const digest = sourceDigest();
  if (existsSync(join(checkout, ".next", "BUILD_ID")) && existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
  process.stderr.write("Building the web app (about a minute; only after a change) …\n");
  await build();
  writeFileSync(stamp, digest);
}

function build(): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = { ...childEnvironment({ ROLLCALL_ENV: "production" }), NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" } as const;
    const child = spawn(process.execPath, [nextCommand, "build"], { cwd: checkout, env, stdio: ["ignore", "pipe", "pipe"] });
    const words: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => words.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => words.push(chunk));
    child.once("error", reject);
    child.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`The web app cannot be built:\n${Buffer.concat(words).toString()}`)),
    );
  });
}

function sourceDigest(): string {
  const digest = createHash("sha256").update(process.version);
  for (const file of SOURCES.flatMap((name) => filesBelow(name))) digest.update(`${file}\0`).update(readFileSync(join(checkout, file)));
  return digest.digest("hex");
}

function filesBelow(name: string): string[] {
  const path = join(checkout, name);
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [name];
  return readdirSync(path)
    .sort()
    .filter((entry) => !/\.test\.tsx?$/.test(entry))
    .flatMap((entry) => filesBelow(join(name, entry)));
}
