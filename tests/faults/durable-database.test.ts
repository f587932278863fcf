import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterEach, describe, expect, it } from "vitest";
import { type EmbeddedPostgres, startEmbedded } from "@/db/embedded";
import { migrate } from "@/db/migrate";
import { deploymentSecret } from "@/server/secrets";
import { eventually } from "@/tests/conformance/eventually";
import { createMarks } from "@/tests/conformance/marks";
import { endWorkers, startWorker } from "./durable-process";
import { executions, jobIn, recorded, send } from "./durable-scene";

/** A server of this file's own, which it may stop. It writes through to disk, as a real one does. */
let server: EmbeddedPostgres | null = null;
let folder = "";

async function restart(mode: "fast" | "immediate"): Promise<void> {
  await server?.stop(mode);
  server = await startEmbedded(folder, { shared_buffers: "64MB" });
}

afterEach(async () => {
  await endWorkers();
  await server?.stop("immediate");
  rmSync(folder, { recursive: true, force: true });
});

describe("Postgres restarting in the middle of runs", () => {
  it("neither loses nor repeats a recorded result, whether it stops in order or at once", async () => {
    folder = mkdtempSync(join(tmpdir(), "rollcall-restart-"));
    chmodSync(folder, 0o755);
    server = await startEmbedded(folder, { shared_buffers: "64MB" });
    const url = server.url;
    await migrate({ url, secret: deploymentSecret() });
    const scene = () => postgres(url, { max: 2, onnotice: () => {} });
    let sql = scene();
    await createMarks(sql);
    await startWorker({ databaseUrl: url, name: "one" });
    for (const mode of ["fast", "immediate"] as const) {
      const runs: string[] = [];
      for (let place = 0; place < 5; place += 1) runs.push(await send(sql, "faults/steady", { ms: 700 }));
      await eventually("bodies under way", async () => (await executions(sql, runs[4] ?? "")).first === 1);
      await sql.end({ timeout: 1 });
      await restart(mode);
      sql = scene();
      for (const about of runs) {
        const job = await jobIn(sql, "completed", { about, withinMs: 40_000 });
        expect(job.output).toEqual(await recorded(sql, job.id));
        expect(new Set(job.output as string[]).size).toBe(4);
      }
    }
    await sql.end({ timeout: 1 });
  }, 120_000);
});
