import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import { BROWSER_ARGUMENTS, knownBrowser } from "./support/browser";

const place = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const ALONE = /worker\.spec\.ts$/;

/** One real system for the whole run (support/system.ts starts it); each test has an institution of its own in it. */
export default defineConfig({
  testDir: place("."),
  outputDir: place("../../test-results"),
  globalSetup: place("support/system.ts"),
  // The browser of one and the server of the other fill two cores; each test has an institution of its own.
  workers: 2,
  projects: [
    { name: "pages", testIgnore: ALONE },
    // Kills the worker that all others wait for.
    { name: "alone", testMatch: ALONE, dependencies: ["pages"] },
  ],
  // Long ones have commands of their own (long.config.ts).
  grepInvert: /@all|@huge/,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    baseURL: process.env.ROLLCALL_TEST_URL,
    browserName: "chromium",
    locale: "en-US",
    timezoneId: "America/Chicago",
    viewport: { width: 1280, height: 900 },
    launchOptions: { executablePath: knownBrowser() ?? undefined, args: BROWSER_ARGUMENTS },
    screenshot: "only-on-failure",
    // Without pictures of every change: the snapshots of the page show the same.
    trace: { mode: "retain-on-failure", screenshots: false },
  },
});
