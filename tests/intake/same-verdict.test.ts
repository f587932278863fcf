import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { checkDelivery } from "@/server/cli/check-delivery";
import { scrub } from "@/server/intake/scrub";
import { SOURCES } from "@/server/sources";
import type { DeliveryFile, ReadingSettings, Spool } from "@/server/sources/source";
import { BAD_CASES, caseName } from "../fixtures/generate-bad";
import { inChunks } from "./support";

const root = join(import.meta.dirname, "../fixtures/bad");

/** What the scrubber takes away, the readers cannot find any more; intake tells it instead. */
const TOLD_BY_INTAKE = new Set(["PASSWORD_IGNORED"]);

describe("of what is kept, readers say the same as of what came", () => {
  const cases = BAD_CASES.filter(({ files }) => files !== undefined && Object.keys(files).every((name) => !name.endsWith(".zip")));
  test.each(cases.map((bad) => [caseName(bad), bad] as const))("%s", async (name, bad) => {
    const input = join(root, name, "input");
    const files = await Promise.all(
      (await readdir(input)).map(async (file) => ({ name: file, content: await readFile(join(input, file)) })),
    );
    const kept = await Promise.all(
      files.map(async (file) => ({ ...file, content: await collected(scrub(file.name, inChunks(file.content)).kept) })),
    );
    expect(await codes(kept, bad.args ?? [])).toEqual(await codes(files, bad.args ?? []));
  });
});

async function codes(files: readonly { name: string; content: Buffer }[], args: readonly string[]): Promise<string[]> {
  const [source] = SOURCES;
  if (source === undefined) throw new Error("There is no source");
  const after = (flag: string) => (args.includes(flag) ? (args[args.indexOf(flag) + 1] ?? null) : null);
  const mode = z.enum(["bulk", "delta"]).nullable().parse(after("--mode"));
  const modes: ReadingSettings["modes"] = mode === null ? {} : { "*": mode };
  const settings = { modes, encoding: after("--encoding"), dateOrder: null };
  const delivery = { packageName: null, files: files.map(({ name, content }) => memoryFile(name, content)), spool };
  const { issues } = await checkDelivery(source, delivery, { settings, found: [] });
  return issues
    .filter(({ code }) => !TOLD_BY_INTAKE.has(code))
    .map(({ code, at, column }) => `${code} ${at} ${column ?? ""}`)
    .sort();
}

const memoryFile = (name: string, content: Buffer): DeliveryFile => ({
  name,
  bytes: content.length,
  read: (from = 0, to = content.length) => inChunks(content.subarray(from, to), 4096),
});

const spool: Spool = { write: async (name, chunks) => memoryFile(name, await collected(chunks)) };

async function collected(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of chunks) parts.push(part);
  return Buffer.concat(parts);
}
