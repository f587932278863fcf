import { type ChildProcess, fork } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import postgres from "postgres";
import { startEmbedded } from "@/db/embedded";
import { writeSample } from "@/server/cli/write-sample";
import { sampleDistrict } from "@/server/sources/oneroster-csv/sample";
import { csvFiles, measureFloor } from "./floor";
import { createPlace, type Place } from "./place";
import type { Answer, Request } from "./worker";

/**
 * `npm run bench -- S|M|L [--pairs n] [--json]` or `--files <day 1> <day 2> [--mode bulk]`: the engine against raw COPY of the
 * same files, taken in alternation; medians of ratios. Walls of a shared machine mean nothing, ratios do. Nothing here fails.
 */
const SECRET = "the benchmark's own secret, long enough";
const PAIRS = { S: 5, M: 3, L: 1, files: 3 } as const;

interface Sets {
  readonly size: "S" | "M" | "L" | "files";
  readonly days: readonly [string, string];
  readonly mode: "bulk" | "delta" | null;
}

interface Sample {
  floorMs: number;
  prepareDay1: number;
  prepareDay2: { kind: "quick" | "full"; ratio: number };
  quickUnchanged: number | null;
  commitFirstMs: number;
  commitPer1000Ms: number | null;
  digest: string;
  diskBytes: number;
  rows: number;
  peakRssMiB: number;
  idleRssMiB: number;
}

const say = (text: string) => process.stderr.write(`${text}\n`);

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: "boolean" }, pairs: { type: "string" }, files: { type: "boolean" }, mode: { type: "string" } },
  });
  const folder = mkdtempSync(join(tmpdir(), "rollcall-bench-"));
  chmodSync(folder, 0o755);
  const cluster = await startEmbedded(join(folder, "postgres"));
  try {
    const sets = await chooseSets(folder, { files: values.files === true, words: positionals, mode: values.mode });
    const pairs = Number(values.pairs ?? PAIRS[sets.size]);
    const samples: Sample[] = [];
    for (let pair = 0; pair < pairs; pair += 1) {
      for (const kind of ["quick", "full"] as const) {
        const sample = await measure(cluster.url, { sets, kind });
        samples.push(sample);
        say(
          `pair ${pair + 1}/${pairs} ${kind}: F ${sample.floorMs.toFixed(0)} ms, day 1 ${sample.prepareDay1.toFixed(2)} F, commit ${sample.commitFirstMs.toFixed(0)} ms, day 2 ${sample.prepareDay2.ratio.toFixed(2)} F, peak ${sample.peakRssMiB.toFixed(0)} MiB`,
        );
      }
    }
    const result = await summarize(cluster.url, { sets, pairs, samples });
    if (values.json === true) console.log(JSON.stringify(result));
    else
      for (const [name, value] of Object.entries(result))
        console.log(`${name.padEnd(18)} ${typeof value === "object" ? JSON.stringify(value) : value}`);
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function chooseSets(folder: string, of: { files: boolean; words: readonly string[]; mode: string | undefined }): Promise<Sets> {
  const mode = of.mode === "bulk" || of.mode === "delta" ? of.mode : null;
  const [first, second] = of.words;
  if (of.files) {
    if (first === undefined || second === undefined) throw new Error("--files takes two folders: day 1 and day 2");
    return { size: "files", days: [first, second], mode };
  }
  if (first !== "S" && first !== "M" && first !== "L") throw new Error("Say S, M or L, or --files <day 1 folder> <day 2 folder>");
  const days: [string, string] = [join(folder, "day1"), join(folder, "day2")];
  for (const day of [1, 2] as const) {
    mkdirSync(days[day - 1] ?? folder, { recursive: true });
    await writeSample(days[day - 1] ?? folder, sampleDistrict({ size: first, day, seed: 20_260_901 }));
  }
  return { size: first, days, mode };
}

/** One environment's first two days, with the floor measured before each. */
async function measure(clusterUrl: string, of: { sets: Sets; kind: "quick" | "full" }): Promise<Sample> {
  const { sets, kind } = of;
  const place = await createPlace(clusterUrl, SECRET);
  const worker = startWorker(place.url);
  try {
    const idle = await worker.ask({ kind: "idle" });
    const floor = await measureFloor(place.url, sets.days[0]);
    const first = await prepareRun(place, worker, { folder: sets.days[0], kind: "full", mode: sets.mode });
    const commitFirst = await commitRun(place, worker, first.runId);
    const diskBytes = await place.diskBytes();
    const rows = await place.changes(first.runId);
    const floorDay2 = await measureFloor(place.url, sets.days[1]);
    const second = await prepareRun(place, worker, { folder: sets.days[1], kind, mode: sets.mode });
    const changes = await place.changes(second.runId);
    const commitSecond = await commitRun(place, worker, second.runId);
    const digest = await worker.ask({ kind: "digest", institutionId: place.institutionId, environmentId: place.environmentId });
    let last = digest;
    let quickUnchanged: number | null = null;
    if (kind === "quick") {
      const floorAgain = await measureFloor(place.url, sets.days[1]);
      const third = await prepareRun(place, worker, { folder: sets.days[1], kind, mode: sets.mode });
      quickUnchanged = third.ms / floorAgain;
      last = third.answer;
    }
    return {
      floorMs: floor,
      prepareDay1: first.ms / floor,
      prepareDay2: { kind, ratio: second.ms / floorDay2 },
      quickUnchanged,
      commitFirstMs: commitFirst,
      commitPer1000Ms: changes === 0 ? null : (commitSecond / changes) * 1000,
      digest: digest.digest ?? "",
      diskBytes,
      rows,
      peakRssMiB: last.peakRssMiB,
      idleRssMiB: idle.rssMiB,
    };
  } finally {
    await worker.stop();
    await place.drop();
  }
}

async function prepareRun(place: Place, worker: Worker, of: { folder: string; kind: "full" | "quick"; mode: Sets["mode"] }) {
  const runId = await place.run(of.kind);
  await place.checkpoint();
  const answer = await worker.ask({ kind: "prepare", institutionId: place.institutionId, runId, folder: of.folder, mode: of.mode });
  return { runId, ms: answer.ms, answer };
}

async function commitRun(place: Place, worker: Worker, runId: string): Promise<number> {
  await place.release(runId);
  await place.checkpoint();
  const { ms } = await worker.ask({ kind: "commit", institutionId: place.institutionId, runId });
  await worker.ask({ kind: "afterCommit", institutionId: place.institutionId, runId });
  return ms;
}

interface Worker {
  ask(request: Request): Promise<Answer>;
  stop(): Promise<void>;
}

function startWorker(databaseUrl: string): Worker {
  const child: ChildProcess = fork(fileURLToPath(new URL("./worker.ts", import.meta.url)), [], {
    execArgv: ["--import", "tsx"],
    env: { ...process.env, ROLLCALL_ENV: "test", ROLLCALL_SECRET: SECRET, DATABASE_URL: databaseUrl, LOG_LEVEL: "silent" },
  });
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        const ended = (code: number | null) => reject(new Error(`The worker ended with ${code}`));
        child.once("exit", ended);
        child.once("message", (answer: Answer) => {
          child.off("exit", ended);
          if (answer.error === undefined) resolve(answer);
          else reject(new Error(answer.error));
        });
        child.send(request);
      }),
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill();
      }),
  };
}

async function summarize(clusterUrl: string, of: { sets: Sets; pairs: number; samples: readonly Sample[] }) {
  const { sets, samples } = of;
  const files = await csvFiles(sets.days[0]);
  const bytes = (await Promise.all(files.map(async (file) => (await stat(file.path)).size))).reduce((sum, size) => sum + size, 0);
  const cluster = postgres(clusterUrl, { max: 1, onnotice: () => {} });
  const settings: Record<string, string> = {};
  for (const name of ["server_version", "shared_buffers", "max_wal_size", "checkpoint_timeout", "fsync", "synchronous_commit", "jit"]) {
    const [row] = await cluster<{ value: string }[]>`select current_setting(${name}) as value`;
    settings[name] = row?.value ?? "";
  }
  await cluster.end();
  const day2 = (kind: "quick" | "full") =>
    samples.filter((sample) => sample.prepareDay2.kind === kind).map((sample) => sample.prepareDay2.ratio);
  const known = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
  return {
    size: sets.size,
    rows: samples[0]?.rows ?? 0,
    bytes,
    pairs: of.pairs,
    machine: {
      cpu: cpus()[0]?.model ?? "",
      cores: availableParallelism(),
      memoryGiB: Math.round(totalmem() / 1024 ** 3),
      node: process.version,
    },
    settings,
    floorMs: round(median(samples.map((sample) => sample.floorMs))),
    prepareDay1: round(median(samples.map((sample) => sample.prepareDay1))),
    prepareDay2Quick: round(median(day2("quick"))),
    prepareDay2Full: round(median(day2("full"))),
    quickUnchanged: round(median(known(samples.map((sample) => sample.quickUnchanged)))),
    digestEqual: new Set(samples.map((sample) => sample.digest)).size === 1,
    commitFirstMs: round(median(samples.map((sample) => sample.commitFirstMs))),
    commitPer1000Ms: round(median(known(samples.map((sample) => sample.commitPer1000Ms)))),
    peakRssMiB: round(Math.max(...samples.map((sample) => sample.peakRssMiB))),
    idleRssMiB: round(median(samples.map((sample) => sample.idleRssMiB))),
    diskRatio: round(median(samples.map((sample) => sample.diskBytes)) / bytes),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return ((low ?? 0) + (high ?? 0)) / 2;
}

const round = (value: number) => Math.round(value * 100) / 100;

await main();
