import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { checkout } from "@/server/processes/checkout";

test("the demo plays the main job in a system of its own, counts it a second time, and ends with code 0", async () => {
  test.setTimeout(600_000);
  const data = mkdtempSync(join(tmpdir(), "rollcall-demo-"));
  chmodSync(data, 0o755);
  try {
    const env = { ...process.env, ROLLCALL_DATA: data, DATABASE_URL: undefined, ROLLCALL_SECRET: undefined };
    const { stdout } = await promisify(execFile)("npm", ["run", "-s", "demo", "--", "--exit"], { cwd: checkout, env, timeout: 580_000 });
    expect(stdout).toContain("Every count is what a second reading of the deliveries computes.");
    expect(stdout).toMatch(/Run 3: Wednesday's delivery, quick/);
    expect(stdout).toMatch(/Subject: \[Preview\] \d+ changes committed/);
    expect(stdout.match(/\/login\/link\?token=/g)).toHaveLength(2);
    expect(stdout).toMatch(/\/i\/harlow-valley\/preview\/runs\/3/);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});
