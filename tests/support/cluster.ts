import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import type { TestProject } from "vitest/node";
import { startEmbedded } from "@/db/embedded";
import { migrate } from "@/db/migrate";

declare module "vitest" {
  interface ProvidedContext {
    clusterUrl: string;
    templateName: string;
  }
}

/** The database from which every test file's own is copied: migrated once for the whole run. */
const templateName = "rollcall_template";

const SETTINGS = {
  shared_buffers: "256MB",
  max_connections: "400",
  // What a test's server loses in a power cut nobody misses; processes that tests kill are never the server itself. Those tests
  // that stop a server have one of their own, which writes through.
  fsync: "off",
  full_page_writes: "off",
  // Statistics are what the engine itself had computed, on a slow machine too.
  autovacuum: "off",
  // Tests open thousands of connections; what a password is worth on this server is known.
  scram_iterations: "1",
} as const;

/** One real Postgres for the whole run, in a folder that its user may enter; gone, with its data, when the run ends. */
export default async function startCluster(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-test-"));
  chmodSync(folder, 0o755);
  const cluster = await startEmbedded(folder, SETTINGS);
  const administrator = postgres(cluster.url, { max: 1, onnotice: () => {} });
  await administrator.unsafe(`create database ${templateName}`);
  await administrator.end();
  const templateUrl = new URL(cluster.url);
  templateUrl.pathname = templateName;
  await migrate({ url: templateUrl.toString(), secret: testSecret(project) });
  project.provide("clusterUrl", cluster.url);
  project.provide("templateName", templateName);
  return async () => {
    await cluster.stop("immediate");
    rmSync(folder, { recursive: true, force: true });
    if (project.config.env.ROLLCALL_DATA !== undefined) rmSync(project.config.env.ROLLCALL_DATA, { recursive: true, force: true });
  };
}

function testSecret(project: TestProject): string {
  const secret = project.config.env.ROLLCALL_SECRET;
  if (secret === undefined) throw new Error("The test configuration names no ROLLCALL_SECRET");
  return secret;
}
