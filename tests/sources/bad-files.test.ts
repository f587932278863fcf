import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { runCheck } from "@/server/cli/check";
import { given } from "@/server/cli/command";
import { COMMANDS } from "@/server/cli/commands";
import { ISSUE_CODES } from "@/server/roster/issue-codes";
import { BAD_CASES, caseName, expectation } from "../fixtures/generate-bad";
import { LARGE_FILES } from "../fixtures/large-files";

/** Four million rows take seconds on a quiet machine and many times that on a busy one. */
const LARGE_TIMEOUT_MS = 180_000;

const root = join(import.meta.dirname, "../fixtures/bad");
let temporary = "";
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), "rollcall-bad-"));
});
afterAll(() => rm(temporary, { recursive: true, force: true }));

const Expected = z.object({
  args: z.array(z.string()),
  verdict: z.enum(["clean", "errors", "refused"]),
  exit: z.number(),
  issues: z.array(z.object({ code: z.string(), count: z.number(), at: z.string(), column: z.string().optional() })),
  modes: z.record(z.string(), z.string()).optional(),
  says: z.array(z.string()).optional(),
  hides: z.array(z.string()).optional(),
  afterSync: z.record(z.string(), z.unknown()).optional(),
});

const Report = z.strictObject({
  source: z.literal("oneroster-csv"),
  verdict: z.enum(["clean", "errors", "refused"]),
  files: z.array(z.strictObject({ name: z.string(), mode: z.enum(["bulk", "delta", "undecided", "absent"]), rows: z.number() })),
  entities: z.record(z.string(), z.strictObject({ rows: z.number(), valid: z.number(), errors: z.number(), warnings: z.number() })),
  issues: z.array(
    z.strictObject({
      severity: z.string(),
      code: z.string(),
      at: z.string(),
      column: z.string().nullable(),
      seen: z.string().nullable(),
      detail: z.string(),
    }),
  ),
  issuesTotal: z.number(),
});

/** Runs the command as a person does and returns what it printed. */
async function check(args: string[]): Promise<{ exit: number; output: string }> {
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line: unknown) => void lines.push(String(line)));
  try {
    return { exit: await runCheck(given(COMMANDS.check, args)), output: lines.join("\n") };
  } finally {
    log.mockRestore();
  }
}

/** How many rows an issue stands for, as its detail says. */
const countOf = (detail: string): number => 1 + Number(/This and (\d+) more rows/.exec(detail)?.[1] ?? 0);

describe("every bad input is told as the table says, and no other finding with it", () => {
  test.each(BAD_CASES.map((bad) => [caseName(bad), bad] as const))(
    "%s",
    async (name, bad) => {
      const expected = Expected.parse(JSON.parse(await readFile(join(root, name, "expect.json"), "utf8")));
      const large = LARGE_FILES[name];
      const folder = large ? join(temporary, name) : join(root, name, "input");
      await large?.(folder);
      const paths = (await readdir(folder)).map((file) => join(folder, file));
      const { exit, output } = await check([...paths, ...expected.args, "--json"]);
      if (large) await rm(folder, { recursive: true });
      const report = Report.parse(JSON.parse(output));

      const found: Record<string, { count: number; at: string; columns: (string | null)[] }> = {};
      for (const { code, at, column, detail } of report.issues) {
        const one = found[code] ?? { count: 0, at, columns: [] };
        found[code] = one;
        one.count += code === "BLANK_ROWS" ? Number(/\d+/.exec(detail)?.[0]) : countOf(detail);
        one.columns.push(column);
      }
      expect(Object.fromEntries(Object.entries(found).map(([code, { count, at }]) => [code, { count, at }]))).toEqual(
        Object.fromEntries(expected.issues.map(({ code, count, at }) => [code, { count, at }])),
      );
      for (const { code, column } of expected.issues) if (column !== undefined) expect(found[code]?.columns).toContain(column);
      expect({ verdict: report.verdict, exit }).toEqual({ verdict: expected.verdict, exit: expected.exit });
      for (const [file, mode] of Object.entries(expected.modes ?? {}))
        expect(report.files.find((listed) => listed.name === file)?.mode, file).toBe(mode);
      const told = report.issues.map(({ detail, seen }) => `${detail} ${seen ?? ""}`).join("\n");
      for (const words of expected.says ?? []) expect(told).toContain(words);
      for (const words of expected.hides ?? []) expect(output).not.toContain(words);
      for (const tally of Object.values(report.entities)) expect(tally.rows).toBe(tally.valid + tally.errors);
      expect(bad.verdict).toBe(expected.verdict);
    },
    LARGE_TIMEOUT_MS,
  );
});

test("the committed inputs are those that the script makes", async () => {
  for (const bad of BAD_CASES) {
    const folder = join(root, caseName(bad));
    expect(await readFile(join(folder, "expect.json"), "utf8")).toBe(expectation(bad));
    for (const [name, content] of Object.entries(bad.files ?? {}))
      expect((await readFile(join(folder, "input", name))).equals(Buffer.from(content)), `${caseName(bad)}/${name}`).toBe(true);
  }
  expect((await readdir(root)).filter((name) => name !== ".gitattributes").sort()).toEqual(BAD_CASES.map(caseName).sort());
});

/** Findings that only the engine can make: they take the roster. */
const MADE_BY_ENGINE = ["STALE_ROW", "STALE_FILE", "CHANGED_SINCE"];

test("every code is shown by some bad input, or is made by the engine alone", () => {
  const shown = new Set(BAD_CASES.flatMap(({ issues }) => issues.map(({ code }) => String(code))));
  expect(
    Object.keys(ISSUE_CODES)
      .filter((code) => !shown.has(code))
      .sort(),
  ).toEqual(MADE_BY_ENGINE.toSorted());
});

test("every number of the table that concerns files has an input", () => {
  const numbers = new Set(BAD_CASES.map(({ number }) => number));
  const wanted = Array.from({ length: 81 }, (_, index) => index + 1).filter((number) => ![21, 45, 60, 71, 72].includes(number));
  expect(wanted.filter((number) => !numbers.has(number))).toEqual([]);
});

test.each(Object.entries(ISSUE_CODES))("%s has a complete help page", (code, help) => {
  expect(code).toMatch(/^[A-Z][A-Z0-9_]+$/);
  expect(help.title.length).toBeGreaterThan(8);
  expect(help.meaning).toMatch(/^.{30,}\.$/s);
  expect(help.fix).toMatch(/^.{15,}[.?]$/s);
  if ("grouped" in help) expect(help.severity).toBe("warning");
});
