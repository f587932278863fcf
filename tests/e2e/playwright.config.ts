import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import { BROWSER_ARGUMENTS, knownBrowser } from "./support/browser";

const place = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const ALONE = /worker\.spec\.ts$/;
const LONGEST = /pages\.spec\.ts$/;

/** One real system for the whole run (support/system.ts starts it); each test has an institution of its own in it. */
export default defineConfig({
  testDir: place("."),
  outputDir: place("../../test-results"),
  globalSetup: place("support/system.ts"),
  // Most of a test is waiting for what the system computes; each has an institution of its own.
  workers: 3,
  projects: [
    // Begins first, so that nothing else waits for its end.
    { name: "looks", testMatch: LONGEST },
    { name: "paths", testIgnore: [ALONE, LONGEST] },
    // Kills the worker that all others wait for.
    { name: "alone", testMatch: ALONE, dependencies: ["looks", "paths"] },
  ],
  // Long ones have commands of their own (long.config.ts).
  grepInvert: /@all|@huge/,
  // Nets, no expectations: a loaded machine of two slow cores is still in time.
  timeout: 300_000,
  expect: { timeout: 30_000 },
  // A browser beside a worker, a server and a database on two cores: what fails by itself is played once more, and told at the end
  // by name (tests/run.ts). What fails twice has failed.
  retries: 1,
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    baseURL: process.env.ROLLCALL_TEST_URL,
    browserName: "chromium",
    locale: "en-US",
    timezoneId: "America/Chicago",
    viewport: { width: 1280, height: 900 },
    // Drawing what moves sixty times a second takes a core from the others.
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: { executablePath: knownBrowser() ?? undefined, args: BROWSER_ARGUMENTS },
    screenshot: "only-on-failure",
    // A trace of every step costs more than the steps; whoever looks for a cause asks for it: --trace retain-on-failure.
    trace: "off",
  },
});
