import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { commit } from "@/server/sync/commit";
import { contextOf } from "@/server/sync/context";
import { createScene, type Scene } from "../engine/scene";
import { createDatabase, type TestDatabase } from "../support/database";
import { type EngineWork, prepareOn, work } from "./engine-process";

const OWN = 20 * 1024 * 1024;
const root = fileURLToPath(new URL("../..", import.meta.url));
const script = fileURLToPath(new URL("./engine-process.ts", import.meta.url));

let database: TestDatabase;
let folder: string;
/** The digest of an environment that nothing ever happened to, after each day. */
const calm: Record<1 | 2, string> = { 1: "", 2: "" };

beforeAll(async () => {
  database = await createDatabase();
  folder = mkdtempSync(join(tmpdir(), "rollcall-engine-"));
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  for (const day of [1, 2] as const) {
    await syncDay(scene, { feedId, day, bytes: 0 });
    calm[day] = await contentOf(scene);
  }
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.close();
});

/** The digest without what differs between environments: which feed brought the rows. */
async function contentOf(scene: Scene): Promise<string> {
  const parts: string[] = [];
  for (const view of ["orgs", "academic_sessions", "courses", "classes", "users", "enrollments", "relationships"]) {
    const [row] = await scene.administrator.unsafe<{ n: string; sum: string }[]>(
      `select count(*)::text as n, coalesce(sum(hashtextextended((to_jsonb(v) - '{institution_id,environment_id,bucket,feed_id,from_seq,to_seq,line,replaces_seq,action,modified_at,sourced_id}'::text[])::text, 0)), 0)::text as sum
       from ${view} v where v.environment_id = ${scene.environmentId}`,
    );
    parts.push(`${view} ${row?.n} ${row?.sum}`);
  }
  return parts.join("; ");
}

async function syncDay(scene: Scene, of: { feedId: number; day: 1 | 2; bytes: number }): Promise<void> {
  const context = await scene.run({ feedId: of.feedId, kind: "quick" });
  await work({ institutionId: scene.institutionId, runId: context.runId, what: "prepare", day: of.day, bytes: of.bytes });
  await commit(context, { selectionVersion: 0, accountId: null });
}

/** Runs the engine in another process with a failpoint, and tells how it ended. */
function start(
  of: EngineWork,
  failpoint: string,
): { child: ChildProcess; ended: Promise<{ code: number | null; signal: string | null; text: string }> } {
  const url = new URL(inject("clusterUrl"));
  url.pathname = new URL(database.url).pathname;
  const child = spawn(process.execPath, ["--import", "tsx", script, JSON.stringify(of)], {
    cwd: root,
    env: {
      ...process.env,
      DATABASE_URL: url.toString(),
      ROLLCALL_ENV: "test",
      ROLLCALL_FAILPOINT: failpoint,
      LOG_LEVEL: "silent",
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  const ended = new Promise<{ code: number | null; signal: string | null; text: string }>((resolve) =>
    child.once("exit", (code, signal) => resolve({ code, signal, text })),
  );
  return { child, ended };
}

async function prepared(of: { own: boolean }): Promise<{ scene: Scene; feedId: number; before: string; day: 1 | 2; run: EngineWork }> {
  const scene = await createScene(database.administrator);
  const feedId = await scene.feed();
  const day = of.own ? 1 : 2;
  if (!of.own) await syncDay(scene, { feedId, day: 1, bytes: 0 });
  const context = await scene.run({ feedId, kind: "quick" });
  const run = { institutionId: scene.institutionId, runId: context.runId, what: "prepare", day, bytes: of.own ? OWN : 0 } as const;
  return { scene, feedId, before: await contentOf(scene), day, run };
}

describe("a worker killed while it prepares leaves the roster as it was, and the next one ends what it began", () => {
  test.each([
    ["inside COPY of a first load", "load.copy@5=kill", true],
    ["after the COPY of a first load, before it is kept", "load.landed@5=kill", true],
    ["inside COPY of a quick run", "load.copy@6=kill", false],
    ["after a quick load, before it is kept", "load.landed@4=kill", false],
    ["between two checks", "check.entity@3=kill", false],
    ["while changes land", "compare.landed@5=kill", false],
    ["when all have landed", "compare.done=kill", false],
  ] as const)("%s", async (_, failpoint, own) => {
    const { scene, before, day, run } = await prepared({ own });
    const { signal, text } = await start(run, failpoint).ended;
    expect(signal, text).toBe("SIGKILL");
    expect(await contentOf(scene)).toBe(before);
    await prepareOn(run);
    expect(await contentOf(scene)).toBe(before);
    const context = await contextOf(run.institutionId, run.runId);
    expect(await commit(context, { selectionVersion: 0, accountId: null })).toMatchObject({ outcome: "committed" });
    expect(await contentOf(scene)).toBe(calm[day]);
    expect(await scene.above()).toBe(0);
  });
});

describe("a worker killed while it commits has committed all or nothing", () => {
  test.each([
    ["with the lock taken", "commit.locked=kill"],
    ["when what was refused is gone", "commit.refused=kill"],
    ["when what is replaced is closed", "commit.closed=kill"],
    ["with the head moved, before COMMIT", "commit.done=kill"],
  ] as const)("%s", async (_, failpoint) => {
    const { scene, before, run } = await prepared({ own: false });
    await work(run);
    const { signal, text } = await start({ ...run, what: "commit" }, failpoint).ended;
    expect(signal, text).toBe("SIGKILL");
    expect(await contentOf(scene)).toBe(before);
    const context = await contextOf(run.institutionId, run.runId);
    expect(await commit(context, { selectionVersion: 0, accountId: null })).toMatchObject({ outcome: "committed" });
    expect(await contentOf(scene)).toBe(calm[2]);
    expect(await commit(context, { selectionVersion: 0, accountId: null })).toMatchObject({ outcome: "already" });
    expect(await scene.above()).toBe(0);
  });

  test("two commits at once commit once", async () => {
    const { scene, run } = await prepared({ own: false });
    await work(run);
    const context = await contextOf(run.institutionId, run.runId);
    const both = await Promise.all([1, 2].map(() => commit(context, { selectionVersion: 0, accountId: null })));
    expect(both.map((each) => each.outcome).sort()).toEqual(["already", "committed"]);
    expect(await contentOf(scene)).toBe(calm[2]);
  });
});

describe("a worker frozen inside COPY and taken over writes nothing when it thaws", () => {
  test.each([
    ["a first load", "load.copy@5", true],
    ["a quick run", "load.copy@6", false],
  ] as const)("%s", async (_, point, own) => {
    const { scene, before, day, run } = await prepared({ own });
    const mark = join(folder, `${scene.environmentId}`);
    const frozen = start(run, `${point}=stop:${mark}`);
    while (!existsSync(mark)) await pause(50);
    await prepareOn(run);
    const landed = await scene.above();
    expect(landed).toBeGreaterThan(0);
    frozen.child.kill("SIGCONT");
    const { code } = await frozen.ended;
    expect(code).not.toBe(0);
    expect(await scene.above()).toBe(landed);
    expect(await contentOf(scene)).toBe(before);
    await commit(await contextOf(run.institutionId, run.runId), { selectionVersion: 0, accountId: null });
    expect(await contentOf(scene)).toBe(calm[day]);
  });
});
