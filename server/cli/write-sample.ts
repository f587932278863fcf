import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { SampleFile } from "@/server/sources";

/** Writes the files of a generated delivery into a folder, which is made when missing. Memory stays flat. */
export async function writeSample(folder: string, files: readonly SampleFile[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of files) await pipeline(Readable.from(file.chunks()), createWriteStream(join(folder, file.name)));
}
