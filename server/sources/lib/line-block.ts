import type { LineBlock, LineSpan } from "../source";

/** Room for so many records; `count` is theirs who fill it. */
export const roomForLines = (count: number): LineBlock => ({
  count,
  hashes: new Int32Array(count * 4),
  lines: new Int32Array(count),
  offsets: new Float64Array(count),
  bytes: new Int32Array(count),
});

/** Spans, or rows of which nobody asks where they lie, side by side as a block. */
export function blockOfSpans(spans: readonly (Pick<LineSpan, "hash" | "line"> & Partial<LineSpan>)[]): LineBlock {
  const block = roomForLines(spans.length);
  for (const [index, { hash, line, offset = 0, bytes = 0 }] of spans.entries()) {
    const words = Buffer.from(hash, "hex");
    for (let word = 0; word < 4; word += 1) block.hashes[index * 4 + word] = words.readInt32BE(word * 4);
    block.lines[index] = line;
    block.offsets[index] = offset;
    block.bytes[index] = bytes;
  }
  return block;
}
