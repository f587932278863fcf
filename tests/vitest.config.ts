import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Tests that take too long for every time: long.config.ts has them too. */
export const LONG = "tests/**/*.long.test.ts";

export default defineConfig({
  root,
  resolve: { alias: { "@": root.replace(/\/$/, "") } },
  test: {
    include: ["server/**/*.test.ts", "db/**/*.test.ts", "emails/**/*.test.{ts,tsx}", "app/**/*.test.ts", "tests/**/*.test.ts"],
    exclude: ["node_modules/**", ".next/**", ".rollcall/**", "tests/e2e/**", LONG],
    globalSetup: ["tests/support/cluster.ts"],
    setupFiles: ["tests/support/own-data.ts"],
    env: {
      ROLLCALL_ENV: "test",
      ROLLCALL_DATA: join(tmpdir(), `rollcall-test-data-${process.pid}`),
      ROLLCALL_SECRET: "the tests' own secret, long enough to be one",
      ROLLCALL_URL: "http://localhost:3000",
      PRODUCT_URL: "https://product.example/",
      // Closed where a test says so.
      ROLLCALL_SIGN_UP: "open",
      LOG_LEVEL: "silent",
    },
    // One more than the cores that there are: tests of killed and frozen workers wait for most of their time.
    maxWorkers: 3,
    // Nets, no expectations: a loaded machine of two slow cores is still in time.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
