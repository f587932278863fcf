import { type CellSpan, findCell } from "./cells";
import type { RecordBlock } from "./records";

/** The hash of one record: 128 bits as four words, overwritten by the next call of the hasher that made it. */
export type LineHasher = (block: RecordBlock, index: number) => Int32Array;

/**
 * Makes the hash of a record: 128 bits over its bytes, with some cells cut out (when it changed: vendors restamp every night;
 * passwords: they must leave no trace). MurmurHash3 (x86, 128 bits) tells lines apart and protects nothing. Own code: it runs
 * over the block where it lies, six times faster than a call of `crypto.hash` a line (PERFORMANCE.md, second study).
 */
export function lineHasher(cut: readonly number[], delimiter: number): LineHasher {
  const columns = [...cut].sort((a, b) => a - b);
  const span: CellSpan = { start: -1, end: -1 };
  const words = new Int32Array(4);
  let scratch = Buffer.alloc(64 * 1024);
  let scratchView = viewOf(scratch);
  let viewed: Buffer | null = null;
  let view = scratchView;
  return (block, index) => {
    const start = block.starts[index] ?? 0;
    const end = block.ends[index] ?? 0;
    if (block.buffer !== viewed) {
      viewed = block.buffer;
      view = viewOf(viewed);
    }
    if (end - start > scratch.length) {
      scratch = Buffer.alloc(2 * (end - start));
      scratchView = viewOf(scratch);
    }
    let from = start;
    let length = 0;
    for (const column of columns) {
      findCell(block, index, { column, delimiter, span });
      if (span.start === -1) break;
      if (span.start === span.end) continue;
      length += block.buffer.copy(scratch, length, from, span.start);
      from = span.end;
    }
    if (from === start) return murmur(view, { start, length: end - start }, words);
    length += block.buffer.copy(scratch, length, from, end);
    return murmur(scratchView, { start: 0, length }, words);
  };
}

const hex = Buffer.alloc(16);

/** A hash as 32 hex digits. */
export function hexOf(words: Int32Array): string {
  for (let word = 0; word < 4; word += 1) hex.writeInt32BE(words[word] ?? 0, word * 4);
  return hex.toString("hex");
}

const viewOf = (buffer: Buffer): DataView => new DataView(buffer.buffer, buffer.byteOffset, buffer.length);

const [C1, C2, C3, C4] = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93];
const last = new DataView(new ArrayBuffer(16));

/** MurmurHash3_x86_128 by Austin Appleby, with seed 0. */
function murmur(view: DataView, { start, length }: { start: number; length: number }, words: Int32Array): Int32Array {
  let [h1, h2, h3, h4] = [0, 0, 0, 0];
  const whole = start + (length & ~15);
  for (let at = start; at < whole; at += 16) {
    h1 ^= Math.imul(turn(Math.imul(view.getInt32(at, true), C1), 15), C2);
    h1 = (Math.imul((turn(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(turn(Math.imul(view.getInt32(at + 4, true), C2), 16), C3);
    h2 = (Math.imul((turn(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(turn(Math.imul(view.getInt32(at + 8, true), C3), 17), C4);
    h3 = (Math.imul((turn(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(turn(Math.imul(view.getInt32(at + 12, true), C4), 18), C1);
    h4 = (Math.imul((turn(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  for (let word = 0; word < 4; word += 1) last.setInt32(word * 4, 0, true);
  for (let at = whole; at < start + length; at += 1) last.setUint8(at - whole, view.getUint8(at));
  h4 ^= Math.imul(turn(Math.imul(last.getInt32(12, true), C4), 18), C1);
  h3 ^= Math.imul(turn(Math.imul(last.getInt32(8, true), C3), 17), C4);
  h2 ^= Math.imul(turn(Math.imul(last.getInt32(4, true), C2), 16), C3);
  h1 ^= Math.imul(turn(Math.imul(last.getInt32(0, true), C1), 15), C2);
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = mixed(h1);
  h2 = mixed(h2);
  h3 = mixed(h3);
  h4 = mixed(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  words[0] = h1;
  words[1] = (h2 + h1) | 0;
  words[2] = (h3 + h1) | 0;
  words[3] = (h4 + h1) | 0;
  return words;
}

const turn = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

function mixed(word: number): number {
  let value = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
