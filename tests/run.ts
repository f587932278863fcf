import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { checkout } from "@/server/processes/checkout";
import { findBrowser } from "./e2e/support/browser";

/**
 * All tests: those of vitest (units, database, processes), then those of Playwright in a real browser against a production
 * build. The last line says how many passed and failed in all; the exit code is 0 only when none failed.
 */
interface Tally {
  passed: number;
  failed: number;
}

const folder = mkdtempSync(join(tmpdir(), "rollcall-results-"));

async function runAll(): Promise<Tally> {
  const vitestJson = join(folder, "vitest.json");
  const vitest = await run(
    "vitest",
    [
      "node_modules/vitest/vitest.mjs",
      "run",
      "-c",
      "tests/vitest.config.ts",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${vitestJson}`,
    ],
    {},
  );
  const browser = findBrowser();
  const playwrightJson = join(folder, "playwright.json");
  const playwright = await run(
    "Playwright",
    ["node_modules/@playwright/test/cli.js", "test", "-c", "tests/e2e/playwright.config.ts", "--reporter=list,json"],
    { PLAYWRIGHT_CHROMIUM: browser, PLAYWRIGHT_JSON_OUTPUT_NAME: playwrightJson },
  );
  return added([tallyOf("vitest", vitest, vitestTally(vitestJson)), tallyOf("Playwright", playwright, playwrightTally(playwrightJson))]);
}

function run(name: string, args: readonly string[], env: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`\n== ${name}\n`);
    const began = performance.now();
    const child = spawn(process.execPath, [...args], {
      cwd: checkout,
      env: { ...process.env, ...env },
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.once("error", reject);
    child.once("exit", (code) => {
      process.stdout.write(`\n${name} took ${Math.round((performance.now() - began) / 1000)} s\n`);
      resolve(code ?? 1);
    });
  });
}

/** A runner that failed without a failed test (a file that does not load, a system that does not start) counts as one failure. */
function tallyOf(name: string, exitCode: number, counted: Tally | null): Tally {
  const tally = counted ?? { passed: 0, failed: 0 };
  if (exitCode === 0 && counted !== null) return tally;
  if (tally.failed === 0) process.stdout.write(`\n${name} failed outside its tests\n`);
  return { passed: tally.passed, failed: Math.max(1, tally.failed) };
}

function vitestTally(file: string): Tally | null {
  if (!existsSync(file)) return null;
  const found = z.object({ numPassedTests: z.number(), numFailedTests: z.number() }).parse(JSON.parse(readFileSync(file, "utf8")));
  return { passed: found.numPassedTests, failed: found.numFailedTests };
}

function playwrightTally(file: string): Tally | null {
  if (!existsSync(file)) return null;
  const { stats } = z
    .object({ stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number() }) })
    .parse(JSON.parse(readFileSync(file, "utf8")));
  if (stats.flaky > 0) process.stdout.write(`\n${stats.flaky} of the browser's tests passed at the second go only, see "flaky" above\n`);
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected };
}

const added = (tallies: readonly Tally[]): Tally =>
  tallies.reduce((sum, tally) => ({ passed: sum.passed + tally.passed, failed: sum.failed + tally.failed }), { passed: 0, failed: 0 });

const total = await runAll();
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
process.exit(total.failed === 0 ? 0 : 1);
