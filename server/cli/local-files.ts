import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { DeliveryFile, Spool } from "@/server/sources/source";

/** A file of this machine, read as a delivery's. Rejects when there is none. */
export async function localFile(path: string, name = basename(path)): Promise<DeliveryFile> {
  const { size } = await stat(path);
  return { name, bytes: size, read: (from = 0, to = size) => readRange(path, from, to) };
}

async function* readRange(path: string, from: number, to: number): AsyncGenerator<Buffer> {
  if (to <= from) return;
  yield* createReadStream(path, { start: from, end: to - 1, highWaterMark: 512 * 1024 }) as AsyncIterable<Buffer>;
}

/** A folder of the system's temporary space as a spool; `remove` takes it away with all its files. */
export async function temporarySpool(): Promise<Spool & { remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-"));
  let count = 0;
  return {
    async write(name, chunks) {
      // Names come from outside: they never become part of a path.
      count += 1;
      const path = join(folder, String(count));
      await pipeline(Readable.from(chunks, { objectMode: false }), createWriteStream(path));
      return await localFile(path, name);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
