import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "./errors";
import { failpoint } from "./failpoint";
import {
  frameCount,
  HEADER_BYTES,
  plainBytes,
  previousSealFor,
  SEALED_FRAME_BYTES,
  type Seal,
  type SealedSource,
  sealFor,
  sealFrames,
  unsealFrames,
} from "./objects/seal";
import { dataPlace, type SealedUnder } from "./secrets";

/**
 * The object store: sealed files in a local folder. An object is written once under a key that nobody chooses, read at any
 * offset, and removed; it is never changed. Nothing in it can be read without the deployment's secret.
 */
export interface StoredObject {
  /** Bytes of the content, before sealing. */
  readonly bytes: number;
  /** The bytes from `from` (inclusive) to `to` (exclusive); all of them without. Throws when what lies there was altered. */
  read(from?: number, to?: number): AsyncIterable<Buffer>;
}

export interface ObjectPlace {
  readonly institutionId: number;
  readonly key: string;
}

/** A key that was never used: `17/0c8b…`. The institution leads, so that its objects are one folder. */
export const newObjectKey = (institutionId: number): string => `${institutionId}/${randomUUID()}`;

/**
 * Seals `chunks` as they come, in flat memory, and puts them under `key` only when all of them are safely on disk: a writer
 * that fails or dies leaves nothing under that key. Throws what `chunks` throws, `CONFLICT` for a key in use, and
 * `UNAVAILABLE` when the storage is full.
 */
export async function writeSealed(place: ObjectPlace, chunks: AsyncIterable<Buffer>): Promise<{ bytes: number }> {
  const file = fileOf(place);
  if (await exists(file)) throw new AppError("CONFLICT", "This object was written before");
  return await writeFrames({ file, seal: sealFor(place) }, chunks);
}

/** Opens an object of this institution. Throws `NOT_FOUND` when there is none. */
export async function openSealed(place: ObjectPlace): Promise<StoredObject> {
  return await readFrames(fileOf(place), sealFor(place), previousSealFor(place));
}

/** Under which secret an object is sealed. Throws `NOT_FOUND` when there is none. */
export async function objectSealedUnder(place: ObjectPlace): Promise<SealedUnder> {
  const file = fileOf(place);
  if (await opensWith(file, sealFor(place))) return "current";
  const previous = previousSealFor(place);
  return previous !== null && (await opensWith(file, previous)) ? "previous" : "neither";
}

/** Seals an object anew under the current secret; whoever reads it meanwhile reads the same bytes. */
export async function resealObject(place: ObjectPlace): Promise<void> {
  const whole = await openSealed(place);
  await writeFrames({ file: fileOf(place), seal: sealFor(place) }, whole.read());
}

async function opensWith(file: string, seal: Seal): Promise<boolean> {
  const object = await readFrames(file, seal, null);
  try {
    for await (const _ of object.read(0, 1)) return true;
    return true;
  } catch {
    return false;
  }
}

/** Removes an object; one that is not there is as good as removed. */
export async function removeObject(place: ObjectPlace): Promise<void> {
  await rm(fileOf(place), { force: true });
}

/** Removes at most so many objects of an institution, whoever named them, and its folder with the last of them. Returns how many went. */
export async function removeObjectsOf(institutionId: number, most: number): Promise<number> {
  const folder = join(objectsFolder(), String(institutionId));
  const names = (await namesIn(folder)).slice(0, most);
  for (const name of names) {
    await rm(join(folder, name), { force: true });
    await failpoint("objects.removed");
  }
  if (names.length < most) await rm(folder, { recursive: true, force: true });
  return names.length;
}

/** How many objects an institution has. */
export const countObjectsOf = async (institutionId: number): Promise<number> =>
  (await namesIn(join(objectsFolder(), String(institutionId)))).length;

/** Keys of all objects that were written more than `olderThanMs` ago. */
export async function* objectKeys(olderThanMs: number): AsyncIterable<ObjectPlace> {
  for (const institution of await namesIn(objectsFolder())) {
    if (!/^\d+$/.test(institution)) continue;
    for (const name of await namesIn(join(objectsFolder(), institution))) {
      const found = await stat(join(objectsFolder(), institution, name)).catch(() => null);
      if (found !== null && found.mtimeMs <= Date.now() - olderThanMs)
        yield { institutionId: Number(institution), key: `${institution}/${name}` };
    }
  }
}

/** Removes half-written and spooled files on which nothing was written for `olderThanMs`: their writer died. */
export async function removeUnfinished(olderThanMs: number): Promise<number> {
  let removed = 0;
  for (const name of await namesIn(unfinishedFolder())) {
    const file = join(unfinishedFolder(), name);
    const found = await stat(file).catch(() => null);
    if (found === null || found.mtimeMs > Date.now() - olderThanMs) continue;
    await rm(file, { force: true });
    removed += 1;
  }
  return removed;
}

/** Files that one reading needs for a while (a join in key order): sealed with a key that only this process knows. */
export interface TemporaryObjects {
  write(name: string, chunks: AsyncIterable<Buffer>): Promise<StoredObject>;
  /** Removes them all. */
  close(): Promise<void>;
}

export function temporaryObjects(): TemporaryObjects {
  const written: string[] = [];
  return {
    write: async (name, chunks) => {
      const file = join(unfinishedFolder(), `spool-${randomUUID()}`);
      const seal = sealFor({ institutionId: 0, key: name }, randomUUID());
      written.push(file);
      await writeFrames({ file, seal }, chunks);
      return await readFrames(file, seal, null);
    },
    close: async () => {
      for (const file of written.splice(0)) await rm(file, { force: true });
    },
  };
}

/** Free bytes where objects are kept. */
export async function freeBytes(): Promise<number> {
  await mkdir(objectsFolder(), { recursive: true });
  const found = await statfs(objectsFolder());
  return found.bavail * found.bsize;
}

const objectsFolder = (): string => join(dataPlace(), "objects");
const unfinishedFolder = (): string => join(objectsFolder(), "unfinished");

function fileOf(place: ObjectPlace): string {
  if (!/^\d+\/[0-9a-f-]{36}$/.test(place.key) || !place.key.startsWith(`${place.institutionId}/`)) {
    throw new AppError("NOT_FOUND", "No such object", { internal: `object key ${place.key} of institution ${place.institutionId}` });
  }
  return join(objectsFolder(), place.key);
}

async function writeFrames(to: { file: string; seal: Seal }, chunks: AsyncIterable<Buffer>): Promise<{ bytes: number }> {
  const unfinished = join(unfinishedFolder(), randomUUID());
  try {
    await mkdir(unfinishedFolder(), { recursive: true, mode: 0o700 });
    await mkdir(dirname(to.file), { recursive: true, mode: 0o700 });
    const handle = await open(unfinished, "wx", 0o600);
    let bytes = 0;
    try {
      for await (const sealed of sealFrames(to.seal, counted(chunks))) await handle.writeFile(sealed);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, to.file);
    await syncFolder(dirname(to.file));
    return { bytes };

    async function* counted(all: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
      for await (const chunk of all) {
        bytes += chunk.length;
        yield chunk;
      }
    }
  } catch (cause) {
    await rm(unfinished, { force: true });
    if (isFull(cause))
      throw new AppError("UNAVAILABLE", "The storage is full. Nothing was changed.", { cause, internal: "object store: no space" });
    if (isRefused(cause))
      throw new AppError("UNAVAILABLE", "The storage does not take files at the moment. Nothing was changed.", {
        cause,
        internal: "object store: refused",
      });
    throw cause;
  }
}

async function readFrames(file: string, seal: Seal, previous: Seal | null): Promise<StoredObject> {
  const size = await stat(file).then(
    (found) => found.size,
    (cause) => {
      throw new AppError("NOT_FOUND", "No such object", { cause });
    },
  );
  const bytes = plainBytes(size);
  return {
    bytes,
    read: async function* (from = 0, to = bytes) {
      const handle = await open(file, "r");
      try {
        const source = {
          frames: frameCount(size),
          header: () => exactly(handle, { at: 0, length: HEADER_BYTES }),
          sealed: (first: number, count: number) => {
            const at = HEADER_BYTES + first * SEALED_FRAME_BYTES;
            return exactly(handle, { at, length: Math.min(count * SEALED_FRAME_BYTES, size - at) });
          },
        };
        // Which of the two is known only from this very file: it may be sealed anew between two readings.
        const fitting = previous !== null && !(await opens(seal, source)) ? previous : seal;
        yield* unsealFrames(fitting, { ...source, from, to: Math.min(to, bytes) });
      } finally {
        await handle.close();
      }
    },
  };
}

/** Whether the first frame opens. */
async function opens(seal: Seal, source: Omit<SealedSource, "from" | "to">): Promise<boolean> {
  try {
    for await (const _ of unsealFrames(seal, { ...source, from: 0, to: 1 })) return true;
    return true;
  } catch {
    return false;
  }
}

type Handle = Awaited<ReturnType<typeof open>>;

async function exactly(handle: Handle, part: { at: number; length: number }): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(part.length);
  let filled = 0;
  while (filled < part.length) {
    const { bytesRead } = await handle.read(buffer, filled, part.length - filled, part.at + filled);
    if (bytesRead === 0) throw new Error("A stored object is shorter than it was");
    filled += bytesRead;
  }
  return buffer;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

const isFull = (cause: unknown): boolean =>
  cause instanceof Error && "code" in cause && (cause.code === "ENOSPC" || cause.code === "EDQUOT");

/** What only a writer does; the content that is written may be read from anywhere, and fails in words of its own. */
const isRefused = (cause: unknown): boolean =>
  cause instanceof Error && "syscall" in cause && ["mkdir", "write", "fsync", "rename"].some((one) => one === cause.syscall);
