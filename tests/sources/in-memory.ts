import type { Issue } from "@/server/roster/issue";
import { hexOf } from "@/server/sources/lib/line-hash";
import type { DeliveryFile, DeliveryFiles, EntityReader, LineSpan, ReadingSettings, Row, Spool } from "@/server/sources/source";

/** A file of a delivery that lies in memory, read in pieces of `pieceBytes`. */
export function memoryFile(name: string, content: string | Buffer, pieceBytes = 64 * 1024): DeliveryFile {
  const bytes = Buffer.from(content);
  return {
    name,
    bytes: bytes.length,
    async *read(from = 0, to = bytes.length) {
      for (let at = from; at < to; at += pieceBytes) yield bytes.subarray(at, Math.min(to, at + pieceBytes));
    },
  };
}

export const memorySpool: Spool = {
  async write(name, chunks) {
    const parts: Buffer[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    return memoryFile(name, Buffer.concat(parts));
  },
};

/** A delivery of loose files by name. */
export function memoryDelivery(files: Readonly<Record<string, string | Buffer>>, pieceBytes?: number): DeliveryFiles {
  return {
    packageName: null,
    files: Object.entries(files).map(([name, content]) => memoryFile(name, content, pieceBytes)),
    spool: memorySpool,
  };
}

export const NO_SETTINGS: ReadingSettings = { modes: {}, encoding: null, dateOrder: null };

/** Everything a reader has to say. */
export async function readAll(reader: EntityReader): Promise<{ rows: Row[]; issues: Issue[]; blank: number }> {
  const all = { rows: [] as Row[], issues: [] as Issue[], blank: 0 };
  for await (const chunk of reader.rows()) {
    all.rows.push(...chunk.rows);
    all.issues.push(...chunk.issues);
    all.blank += chunk.blank;
  }
  return all;
}

/** Every line of a reader, one by one. */
export async function spansOf(reader: EntityReader): Promise<LineSpan[]> {
  const spans: LineSpan[] = [];
  for await (const { count, hashes, lines, offsets, bytes } of reader.lines())
    for (let at = 0; at < count; at += 1)
      spans.push({
        hash: hexOf(hashes.subarray(at * 4, at * 4 + 4)),
        line: lines[at] ?? 0,
        offset: offsets[at] ?? 0,
        bytes: bytes[at] ?? 0,
      });
  return spans;
}

/** All that comes from a stream. */
export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of stream) found.push(item);
  return found;
}
