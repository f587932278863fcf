import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * `npm run test:durable`: everything about durable runs. With `--soak` 20 rounds of 200 runs under random kills, and the main
 * job under more of them and at every named point. When `INNGEST_DEV` or `INNGEST_BASE_URL` names a server, only the
 * conformance suite, against that server; it prints `CONFORMANCE_URL`, under which the server must be able to reach this machine.
 */
const elsewhere = process.env.INNGEST_DEV ?? process.env.INNGEST_BASE_URL;
const soak = process.argv.includes("--soak");
const suites = soak
  ? ["tests/faults/durable-soak", "tests/faults/durable-main"]
  : elsewhere === undefined
    ? ["server/durable", "tests/conformance", "tests/faults", "tests/engine/failure-property.long"]
    : ["tests/conformance/conformance"];
process.stdout.write(`durable runs on ${elsewhere ?? "the embedded executor"}: ${suites.join(", ")}\n`);
const child = spawn(
  process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    "run",
    "-c",
    "tests/long.config.ts",
    ...(soak ? ["--maxConcurrency=2", "--maxWorkers=2"] : []),
    ...suites,
  ],
  {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    stdio: "inherit",
    env: { ...process.env, ...(soak ? { DURABLE_SOAK: "1" } : {}) },
  },
);
child.once("exit", (code) => {
  process.exitCode = code ?? 1;
});
