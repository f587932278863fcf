import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres, { type Sql } from "postgres";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type EmbeddedPostgres, startEmbedded } from "@/db/embedded";
import { migrate } from "@/db/migrate";
import { RECONNECTION } from "@/db/reconnection";
import { isOutage } from "@/server/durable/transact";
import { deploymentSecret } from "@/server/secrets";
import { eventually } from "@/tests/conformance/eventually";
import { createMarks } from "@/tests/conformance/marks";
import { endWorkers, startWorker } from "./durable-process";
import { executions, jobIn, recorded, send } from "./durable-scene";

vi.setConfig({ testTimeout: 900_000 });

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

describe("a pool of connections (patches/README.md)", () => {
  it("outlives restarts: no caller waits for ever, none gets another's answer, and no transaction is half written", async () => {
    folder = mkdtempSync(join(tmpdir(), "rollcall-restart-"));
    chmodSync(folder, 0o755);
    server = await startEmbedded(folder, { shared_buffers: "64MB" });
    // Connections that live for an instant: at every restart some are being opened, some are at work, some wait for their next statement.
    const sql = postgres(server.url, { max: 6, ...RECONNECTION, max_lifetime: 0.3, onnotice: () => {} });
    await sql`create table halves (caller int, round int)`;
    const answered = new Array<number>(9).fill(0);
    let isOver = false;
    const callers = answered.map(async (_, caller) => {
      for (let round = 0; !isOver; round += 1) {
        try {
          if (caller < 6) await bothHalves(sql, caller, round);
          else expect(await sql`select ${round}::int as round`).toEqual([{ round }]);
          answered[caller] = (answered[caller] ?? 0) + 1;
        } catch (cause) {
          if (!isOutage(cause)) throw cause;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    });
    const everyone = async (when: string) => {
      answered.fill(0);
      await Promise.race([Promise.all(callers), eventually(when, async () => answered.every((n) => n > 5))]);
    };
    for (const mode of ["fast", "immediate", "fast", "immediate"] as const) {
      await everyone(`answers for every caller before the restart (${mode})`);
      await restart(mode);
    }
    await everyone("answers for every caller after the restarts");
    isOver = true;
    await Promise.all(callers);
    expect(await sql`select caller, round from halves group by 1, 2 having count(*) <> 2`).toEqual([]);
    await sql.end({ timeout: 1 });
  });
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
        const job = await jobIn(sql, "completed", { about });
        expect(job.output).toEqual(await recorded(sql, job.id));
        expect(new Set(job.output as string[]).size).toBe(4);
      }
    }
    await sql.end({ timeout: 1 });
  });
});

async function bothHalves(sql: Sql, caller: number, round: number): Promise<void> {
  await sql.begin(async (tx) => {
    expect(await tx`select ${round}::int as round`).toEqual([{ round }]);
    await tx`insert into halves values (${caller}, ${round})`;
    if (round % 2 === 0) await tx`select pg_sleep(0.01)`;
    else await new Promise((resolve) => setTimeout(resolve, 10));
    await tx`insert into halves values (${caller}, ${round})`;
  });
}
