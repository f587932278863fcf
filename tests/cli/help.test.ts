import { readFile } from "node:fs/promises";
import { describe, expect, test, vi } from "vitest";
import { type Command, given, Misused } from "@/server/cli/command";
import { COMMANDS } from "@/server/cli/commands";
import { rollcall } from "@/server/cli/rollcall";

interface Ended {
  readonly exit: number;
  readonly output: string;
  /** On standard error. */
  readonly said: string;
}

/** Runs a line as the process does, and hears what it prints. */
async function command(...args: string[]): Promise<Ended> {
  const [output, said]: [string[], string[]] = [[], []];
  const log = vi.spyOn(console, "log").mockImplementation((line: unknown) => void output.push(String(line)));
  const error = vi.spyOn(console, "error").mockImplementation((line: unknown) => void said.push(String(line)));
  try {
    return { exit: await rollcall(args), output: output.join("\n"), said: said.join("\n") };
  } finally {
    log.mockRestore();
    error.mockRestore();
  }
}

const ALL: readonly (readonly [string, Command])[] = Object.entries(COMMANDS);

/** Words of a line as a shell splits them. */
const words = (line: string): string[] => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");

/** Options that a text names, without their dashes. */
const optionsIn = (text: string): string[] => [...new Set([...text.matchAll(/--([a-z]+)/g)].map(([, name = ""]) => name))].sort();

test("the list without a command names every command", async () => {
  for (const args of [["--help"], ["help"]]) {
    const { exit, output } = await command(...args);
    expect(exit).toBe(0);
    const listed = [...output.matchAll(/^ {2}(\S+(?: \S+)?) {2,}\S/gm)].map(([, name]) => name);
    expect(listed).toEqual(ALL.map(([name]) => name));
  }
});

describe.each(ALL)("rollcall %s", (name, about) => {
  test("--help says how it is written, its options, an example and its exit codes, and ends with 0", async () => {
    const { exit, output, said } = await command(...name.split(" "), "--help");
    expect({ exit, said }).toEqual({ exit: 0, said: "" });
    const [usage, does, rows = "", example, exits] = output.trimEnd().split("\n\n");
    expect(usage).toMatch(new RegExp(`^rollcall ${name}( |$)`));
    expect(does).toContain(about.does);
    expect(optionsIn(rows.replaceAll(/^( {2}--\w+).*$/gm, "$1"))).toEqual([...Object.keys(about.options), "help"].sort());
    for (const row of rows.split("\n")) expect(row).toMatch(/^ {2}\S.* {2}\S/);
    expect(example).toContain(`Example\n  npm run `);
    expect(exits?.split("\n").map((line) => line.trim().split(" ")[0])).toEqual(["Exit", ...Object.keys(about.exits)]);
    expect(Object.keys(about.exits)).toContain(String(about.misused));
  });

  test("the example of its help is a line that it understands", () => {
    const line = words(about.example);
    const at = line.indexOf("demo") >= 0 ? line.indexOf("demo") : line.indexOf("--");
    const own = line.slice(at + 1).filter((word, index) => !(index === 0 && word === "--"));
    const start = name === "demo" ? 0 : name.split(" ").length;
    if (name !== "demo") expect(own.slice(0, start).join(" ")).toBe(name);
    expect(() => given(about, own.slice(start))).not.toThrow();
  });

  test("what the README writes of it is what it reads", async () => {
    const readme = await readFile("README.md", "utf8");
    const spans = [...readme.matchAll(new RegExp(`\`(?:rollcall |npm run )?${name}((?: [^\`]*)?)\``, "g"))].map(([, rest = ""]) => rest);
    expect(spans).not.toEqual([]);
    const { json: _, ...options } = about.options;
    const told = optionsIn(spans.join(" ")).filter((option) => option !== "json");
    expect(told).toEqual(Object.keys(options).sort());
  });

  test("an option that nobody knows is refused, and the help is named", () => {
    expect(() => given(about, ["--nonsense"])).toThrow(Misused);
  });
});

test("a line that cannot be understood does nothing, says why and how it is written", async () => {
  const lines = [
    [["nothing"], 64, "rollcall <command>"],
    [["institution"], 64, "rollcall institution create"],
    [["sync", "--feed", "SIS"], 64, "--institution is missing."],
    [["sync", "--institution", "a", "--feed", "b", "--file", "c", "--full", "--quick"], 64, "A run is full or quick."],
    [["export", "--institution", "a", "--entity", "teachers"], 64, "--entity is orgs or "],
    [["certificate", "verify", "a", "b"], 64, "Name one file."],
    [["doctor", "now"], 64, "rollcall doctor --help says more."],
    [["check"], 2, "Name at least one FILE"],
    [["check", "x.csv", "--mode", "half"], 2, '--mode is bulk or delta, not "half".'],
  ] as const;
  for (const [args, exit, why] of lines) {
    const ended = await command(...args);
    expect(ended, args.join(" ")).toMatchObject({ exit, output: "" });
    expect(ended.said, args.join(" ")).toContain(why);
    expect(ended.said).not.toContain("    at ");
  }
});

test("the first word of a command with two, or a line with other mistakes, is helped too", async () => {
  const staff = await command("staff", "--help");
  expect(staff).toMatchObject({ exit: 0, output: expect.stringContaining("rollcall staff add ") });
  expect(staff.output).toContain("rollcall staff reset ");
  expect(await command("sync", "--nonsense", "-h")).toMatchObject({ exit: 0, output: expect.stringMatching(/^rollcall sync /) });
});
