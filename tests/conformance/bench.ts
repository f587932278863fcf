import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres, { type Sql } from "postgres";
import { startEmbedded } from "@/db/embedded";
import { migrate } from "@/db/migrate";
import { roleUrl } from "@/db/roles";
import { embeddedClient } from "@/server/durable/embedded-client";
import { startExecutor } from "@/server/durable/executor";
import { dispatcher, jobsRoute } from "@/server/jobs/handler";
import { cases } from "./cases";
import { eventually } from "./eventually";

/**
 * `npm run bench:durable [-- <events> <workers>]`: a burst of events, each starting a run of three steps, on a Postgres of its
 * own that writes through to disk. Prints throughput, and latency per step both alone and under the burst. No test: it
 * asserts nothing.
 */
const SECRET = "the bench's own secret, long enough to be one";
const [first, second] = process.argv.slice(2);

async function work(url: string): Promise<void> {
  const signingKey = `signkey-bench-${"aa".repeat(32)}`;
  const client = embeddedClient({ id: "bench", signingKey, write: async () => [] });
  const three = cases(client)("three", {}, async ({ step }) => {
    for (const name of ["a", "b", "c"]) await step.run(name, () => name);
  });
  await startExecutor({
    url: roleUrl({ url, secret: SECRET, role: "engine" }),
    endpoint: { handler: dispatcher(jobsRoute(client, [three])), url: "http://localhost/api/inngest", signingKey },
  });
  process.stdout.write("ready\n");
}

async function bench(events: number, workers: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-bench-durable-"));
  chmodSync(folder, 0o755);
  const server = await startEmbedded(folder);
  const children: ChildProcess[] = [];
  try {
    await migrate({ url: server.url, secret: SECRET });
    const sql = postgres(server.url, { max: 4, onnotice: () => {} });
    for (let place = 0; place < workers; place += 1) children.push(await startChild(server.url));
    for (let place = 0; place < 50; place += 1) await emit(sql, 1).then(() => ended(sql, place + 1));
    const alone = await latencies(sql, 0);
    const [before] = await sql<{ age: string }[]>`select max(age)::text as age from durable.jobs`;
    const started = performance.now();
    await emit(sql, events);
    const emitted = performance.now();
    await ended(sql, 50 + events);
    const took = (performance.now() - started) / 1000;
    const [burst] = await sql<{ runs: number; calls: number }[]>`
      select count(distinct run_id)::int as runs, count(*)::int as calls from durable.history h join durable.jobs j on j.id = h.run_id
      where j.age > ${before?.age ?? "0"}::text::bigint and h.kind in ('step.done', 'call.completed')`;
    const print = (name: string, value: string) => process.stdout.write(`${name.padEnd(34)}${value}\n`);
    print("machine", `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}`);
    print("workers", String(workers));
    print("events", `${events} in one statement, ${(emitted - started).toFixed(0)} ms`);
    print("runs of three steps", `${burst?.runs ?? 0} in ${took.toFixed(1)} s: ${(events / took).toFixed(0)} runs/s`);
    print("calls of functions", `${burst?.calls ?? 0}: ${((burst?.calls ?? 0) / took).toFixed(0)} calls/s`);
    print("a step alone (p50, p95)", alone);
    print("a step in the burst (p50, p95)", await latencies(sql, Number(before?.age)));
    await sql.end();
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await server.stop("immediate");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function emit(sql: Sql, count: number): Promise<void> {
  await sql`select durable.emit('conformance/three', jsonb_build_object('n', n)) from generate_series(1, ${count}) n`;
}

const ended = (sql: Sql, count: number): Promise<boolean> =>
  eventually(
    `end of ${count} runs`,
    async () => {
      const [row] = await sql<{ n: number }[]>`select count(*)::int as n from durable.jobs where status = 'completed'`;
      return (row?.n ?? 0) >= count;
    },
    1_800_000,
  );

/** From the moment a call is taken to the commit of its result. */
async function latencies(sql: Sql, afterAge: number): Promise<string> {
  const [row] = await sql<{ p50: number; p95: number }[]>`
    select percentile_cont(0.5) within group (order by ms) as p50, percentile_cont(0.95) within group (order by ms) as p95
    from (
      select extract(epoch from h.at - h.started_at)::float8 * 1000 as ms from durable.history h join durable.jobs j on j.id = h.run_id
      where h.kind = 'step.done' and j.age > ${afterAge}
    ) steps`;
  return `${row?.p50.toFixed(1)} ms, ${row?.p95.toFixed(1)} ms`;
}

async function startChild(url: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--import", "tsx", fileURLToPath(import.meta.url), "worker", url], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ROLLCALL_ENV: "test", LOG_LEVEL: "warn" },
  });
  await new Promise<void>((resolve) => child.stdout?.on("data", (text: Buffer) => text.includes("ready") && resolve()));
  return child;
}

if (first === "worker") await work(second ?? "");
else await bench(Number(first ?? 10_000), Number(second ?? 1));
