import type { LineBlock, PlainRows } from "@/server/sources/source";

/** Fields of a binary COPY: how many there are, then the length and the bytes of each. */
const [UUID_BYTES, INT8_BYTES, INT4_BYTES] = [16, 8, 4];
const MARK_BYTES = 2 + 4 + UUID_BYTES + 4 + INT4_BYTES;
const LINE_BYTES = MARK_BYTES + 4 + INT8_BYTES + 4 + INT4_BYTES;

/** `(hash, at, line, bytes)` of each record. */
export function lineTuples({ count, hashes, lines, offsets, bytes }: LineBlock): Buffer {
  const tuples = Buffer.allocUnsafe(count * LINE_BYTES);
  const view = new DataView(tuples.buffer, tuples.byteOffset, tuples.length);
  for (let index = 0, at = 0; index < count; index += 1, at += LINE_BYTES) {
    view.setInt16(at, 4);
    setHash(view, at + 2, hashes.subarray(index * 4, index * 4 + 4));
    view.setInt32(at + 22, INT8_BYTES);
    const offset = offsets[index] ?? 0;
    view.setInt32(at + 26, Math.floor(offset / 2 ** 32));
    view.setUint32(at + 30, offset % 2 ** 32);
    view.setInt32(at + 34, INT4_BYTES);
    view.setInt32(at + 38, lines[index] ?? 0);
    view.setInt32(at + 42, INT4_BYTES);
    view.setInt32(at + 46, bytes[index] ?? 0);
  }
  return tuples;
}

/** `(hash, line)` of each row. */
export function markTuples({ count, hashes, lines }: Pick<PlainRows, "count" | "hashes" | "lines">): Buffer {
  const tuples = Buffer.allocUnsafe(count * MARK_BYTES);
  const view = new DataView(tuples.buffer, tuples.byteOffset, tuples.length);
  for (let index = 0, at = 0; index < count; index += 1, at += MARK_BYTES) {
    view.setInt16(at, 2);
    setHash(view, at + 2, hashes.subarray(index * 4, index * 4 + 4));
    view.setInt32(at + 22, INT4_BYTES);
    view.setInt32(at + 26, lines[index] ?? 0);
  }
  return tuples;
}

/** A field that holds a hash: its length, then its words. */
function setHash(view: DataView, at: number, words: Int32Array): void {
  view.setInt32(at, UUID_BYTES);
  for (let word = 0; word < 4; word += 1) view.setInt32(at + 4 + word * 4, words[word] ?? 0);
}
