import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "@/db/embedded";

/**
 * `npm run bench:lifecycle -- S|M|L`: writes the export of an institution that is live (Preview and Production hold the size each), and
 * deletes it for ever, by the functions that the worker runs, in one process over an embedded Postgres with fsync on. One measurement of each.
 */
const SECRET = "the benchmark's own secret, long enough";

async function main(size: string | undefined): Promise<void> {
  if (size !== "S" && size !== "M" && size !== "L") throw new Error("Say S, M or L");
  const folder = mkdtempSync(join(tmpdir(), "rollcall-lifecycle-"));
  chmodSync(folder, 0o755);
  const cluster = await startEmbedded(join(folder, "postgres"));
  // Read once, when the system's own modules are loaded.
  Object.assign(process.env, {
    ROLLCALL_ENV: "test",
    ROLLCALL_SECRET: SECRET,
    ROLLCALL_DATA: folder,
    DATABASE_URL: cluster.url,
    LOG_LEVEL: "silent",
  });
  try {
    const { measureLifecycle } = await import("./lifecycle-of");
    const figures = await measureLifecycle({ size, url: cluster.url, secret: SECRET });
    console.log(JSON.stringify({ size, ...figures, processors: availableParallelism() }, null, 2));
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main(process.argv[2]);
