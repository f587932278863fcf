import { createReadStream } from "node:fs";
import { type FileHandle, mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { DeliveryFile, Spool } from "@/server/sources/source";

const PIECE_BYTES = 512 * 1024;

/** A file of this machine, read as a delivery's. Rejects when there is none. */
export async function localFile(path: string, name = basename(path)): Promise<DeliveryFile> {
  const { size } = await stat(path);
  return { name, bytes: size, read: (from = 0, to = size) => readRange(path, from, to) };
}

async function* readRange(path: string, from: number, to: number): AsyncGenerator<Buffer> {
  if (to <= from) return;
  yield* createReadStream(path, { start: from, end: to - 1, highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>;
}

/**
 * The system's temporary space as a spool. Each file is unlinked as soon as it is open and read through its descriptor, so
 * that what a delivery holds (a password too, before anything empties it) is under no name for a moment and outlives no
 * process, however that ends. `remove` gives the room back.
 */
export async function temporarySpool(): Promise<Spool & { remove(): Promise<void> }> {
  const opened: FileHandle[] = [];
  return {
    async write(name, chunks) {
      const handle = await openUnlinked();
      opened.push(handle);
      let bytes = 0;
      for await (const chunk of chunks) {
        await handle.writeFile(chunk);
        bytes += chunk.length;
      }
      return { name, bytes, read: (from = 0, to = bytes) => readHandle(handle, from, Math.min(to, bytes)) };
    },
    async remove() {
      for (const handle of opened.splice(0)) await handle.close();
    },
  };
}

/** Names come from outside: they never become part of a path. */
async function openUnlinked(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), "rollcall-"));
  try {
    return await open(join(folder, "spooled"), "wx+", 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function* readHandle(handle: FileHandle, from: number, to: number): AsyncGenerator<Buffer> {
  for (let at = from; at < to; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(Math.min(PIECE_BYTES, to - at)), 0, null, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}
