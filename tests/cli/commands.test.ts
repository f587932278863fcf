import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { COLUMNS, ENTITIES } from "@/server/roster/entities";
import { district } from "../fixtures/district";
import { createDatabase, type TestDatabase } from "../support/database";
import { createInstitution } from "../support/institution";

/** Each command is a process of its own, on a machine that may do much else. */
const SLOW_MS = 300_000;

let database: TestDatabase;
let folder = "";
beforeAll(async () => {
  database = await createDatabase();
  folder = await mkdtemp(join(tmpdir(), "rollcall-cli-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await database.close();
});

/** Runs the command as a shell does. No worker answers at this port, so it does the work itself. */
function rollcall(...args: string[]): Promise<{ exit: number; output: string; said: string }> {
  const env = { ...process.env, DATABASE_URL: database.url, ROLLCALL_WORKER_PORT: "1" };
  return new Promise((resolve) => {
    execFile(process.execPath, ["--import", "tsx", "server/cli/main.ts", ...args], { env, timeout: SLOW_MS }, (failure, output, said) =>
      resolve({ exit: failure === null ? 0 : Number(failure.code), output, said }),
    );
  });
}

const count = z.number().int().min(0);
const Counts = z.strictObject({
  read: count,
  add: count,
  edit: count,
  archive: count,
  reactivate: count,
  rekey: count,
  unchanged: count,
  rejected: count,
  refused: count,
  ignored: count,
});
const Hold = z.strictObject({
  kind: z.string(),
  entity: z.string().nullable(),
  file: z.string().nullable(),
  count,
  of: count,
  limit: z.number().nullable(),
  text: z.string(),
});
const Issue = z.strictObject({
  severity: z.enum(["refusal", "error", "warning"]),
  code: z.string(),
  at: z.string(),
  column: z.string().optional(),
  seen: z.string().optional(),
  detail: z.string(),
});
const SyncReport = z.strictObject({
  run: z.number().nullable(),
  state: z.string(),
  counts: z.strictObject(Object.fromEntries(ENTITIES.map((entity) => [entity, Counts]))),
  holds: z.array(Hold),
  issues: z.array(Issue),
});

test(
  "sync brings files in, prepares and commits; export prints what is there; both print nothing but their contract",
  async () => {
    const { slug } = await createInstitution();
    const files = await Promise.all(
      Object.entries(district()).map(async ([name, content]) => {
        await writeFile(join(folder, name), content);
        return join(folder, name);
      }),
    );
    const place = ["--institution", slug, "--feed", "SIS"];
    const unknown = await rollcall("sync", ...place, "--file", ...files, "--json");
    expect(unknown).toMatchObject({ exit: 1, output: "", said: expect.stringContaining('There is no feed "SIS"') });

    const made = await rollcall("sync", ...place, "--source", "oneroster-csv", "--file", ...files, "--json");
    expect(made.exit, made.said).toBe(0);
    const plan = SyncReport.parse(JSON.parse(made.output));
    expect(plan).toMatchObject({ run: 1, state: "ready", holds: [], counts: { users: { read: 3, add: 3 } } });
    expect((await rollcall("export", "--institution", slug, "--entity", "users")).output).toBe("");

    const committed = await rollcall("sync", ...place, "--file", ...files, "--commit", "--json");
    expect(SyncReport.parse(JSON.parse(committed.output))).toMatchObject({ run: 2, state: "committed", counts: { users: { add: 3 } } });
    const exported = await rollcall("export", "--institution", slug, "--environment", "preview", "--entity", "users");
    const rows = exported.output
      .trimEnd()
      .split("\n")
      .map((line) => z.record(z.string(), z.string().nullable()).parse(JSON.parse(line)));
    expect(rows.map(({ sourceKey, sourcedId, feed, status }) => ({ sourceKey, sourcedId, feed, status }))).toEqual(
      ["u1", "u2", "u3"].map((key) => ({ sourceKey: key, sourcedId: key, feed: "SIS", status: "active" })),
    );
    const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    expect(Object.keys(rows[0] ?? {})).toEqual(
      expect.arrayContaining(["sourcedId", "sourceKey", "feed", "status", ...COLUMNS.users.map(({ name }) => camel(name))]),
    );

    const broken = join(folder, "broken.zip");
    await writeFile(broken, "no zip at all");
    const refused = await rollcall("sync", ...place, "--file", broken, "--json");
    expect(refused.exit).toBe(1);
    const report = SyncReport.parse(JSON.parse(refused.output));
    expect(report).toMatchObject({ run: null, state: "refused", issues: [{ severity: "refusal" }] });
  },
  SLOW_MS,
);

test(
  "the process ends with the code of its line, and help goes to standard output",
  async () => {
    expect(await rollcall("nothing")).toMatchObject({ exit: 64, output: "", said: expect.stringContaining("rollcall <command>") });
    expect(await rollcall("sync", "--help")).toMatchObject({ exit: 0, said: "", output: expect.stringMatching(/^rollcall sync /) });
  },
  SLOW_MS,
);
