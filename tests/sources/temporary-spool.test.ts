import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { temporarySpool } from "@/server/cli/local-files";
import { collect } from "./in-memory";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "spool-test-"));
  vi.stubEnv("TMPDIR", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function* pieces(): AsyncGenerator<Buffer> {
  yield Buffer.from("sourcedId,password\nu1,");
  yield Buffer.from("canary-secret\n");
}

test("what a check spools stands under no name, so that a password in it outlives no process", async () => {
  const spool = await temporarySpool();
  const file = await spool.write("users.csv", pieces());
  expect(await readdir(folder, { recursive: true })).toEqual([]);
  const text = async (from?: number, to?: number) => Buffer.concat(await collect(file.read(from, to))).toString();
  expect({ name: file.name, bytes: file.bytes }).toEqual({ name: "users.csv", bytes: 36 });
  expect(await text()).toBe("sourcedId,password\nu1,canary-secret\n");
  expect(await text(22, 28)).toBe("canary");
  expect(await text(30, 30)).toBe("");
  await spool.remove();
});
