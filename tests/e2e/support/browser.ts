import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "@playwright/test";

/** Where systems put theirs. */
const SYSTEM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** What a browser without a screen and without a network of its own needs. */
export const BROWSER_ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The browser of this machine: the one that is named, the system's, or the one that Playwright installed; null where there is none. */
export function knownBrowser(): string | null {
  const named = process.env.PLAYWRIGHT_CHROMIUM;
  if (named !== undefined && named !== "") return named;
  return [...SYSTEM, chromium.executablePath()].find((path) => existsSync(path)) ?? null;
}

/** Finds a browser or installs one: by Playwright, else by the system's package manager. Throws with what to do when neither can. */
export function findBrowser(): string {
  const known = knownBrowser();
  if (known !== null) return known;
  const playwright = join(createRequire(import.meta.url).resolve("@playwright/test"), "..", "cli.js");
  const isRoot = process.getuid?.() === 0;
  const ways: [string, string[]][] = [
    [process.execPath, [playwright, "install", ...(isRoot ? ["--with-deps"] : []), "chromium"]],
    ["apt-get", ["update", "-q"]],
    ["apt-get", ["install", "-y", "-q", "chromium"]],
    ["apk", ["add", "chromium"]],
    ["dnf", ["install", "-y", "chromium"]],
  ];
  for (const [command, args] of ways) {
    tryTo(command, args);
    const installed = knownBrowser();
    if (installed !== null) return installed;
  }
  throw new Error("There is no browser: install Chromium, or name one by PLAYWRIGHT_CHROMIUM=/path/to/chromium");
}

/** A way that fails is followed by the next one; its words are shown. */
function tryTo(command: string, args: readonly string[]): void {
  process.stderr.write(`No browser yet: ${command} ${args.join(" ")}\n`);
  try {
    execFileSync(command, args, { stdio: ["ignore", 2, 2], timeout: 300_000 });
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? cause.message.split("\n")[0] : String(cause)}\n`);
  }
}
