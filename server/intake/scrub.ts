import iconv from "iconv-lite";
import { detectEncoding } from "@/server/sources/lib/encoding";
import { sniff } from "@/server/sources/lib/sniff";
import { type Emptied, scrubRecords } from "./scrub-records";

/** Enough of a file to say what it is: what the readers look at. */
const HEAD_BYTES = 64 * 1024;

/**
 * A file on its way into the store. `kept` yields what may be kept: the same bytes with every denied cell emptied, record by
 * record, in flat memory. It always reads `arriving` to its end, so that a digest taken of it is that of all original bytes.
 * After it, `emptied` tells how many cells of which column had something in them.
 *
 * Of a file that no reader can read, only so much is kept that the reader gives the same verdict: the mark by which another
 * kind of file is recognised, or the shape of the records around the fault with every character made an `x`.
 */
export interface Scrubbing {
  readonly kept: AsyncIterable<Buffer>;
  readonly emptied: Emptied;
}

export function scrub(name: string, arriving: AsyncIterable<Buffer>): Scrubbing {
  const emptied: Emptied = new Map();
  return { kept: keptOf({ name, arriving, emptied }), emptied };
}

async function* keptOf(from: { name: string; arriving: AsyncIterable<Buffer>; emptied: Emptied }): AsyncGenerator<Buffer> {
  const chunks = from.arriving[Symbol.asyncIterator]();
  const head = await headOf(chunks);
  const other = sniff(head);
  const encoding = detectEncoding(head);
  if (other !== null) yield shortestSniffed(head, other.code);
  else if (encoding.kind === "unknown") yield masked(head.subarray(0, 64));
  else {
    yield head.subarray(0, encoding.markBytes);
    const text = following(head.subarray(encoding.markBytes), chunks);
    if (encoding.kind === "utf-8") yield* scrubRecords({ ...from, text });
    else yield* encoded(scrubRecords({ ...from, text: decoded(text, encoding.kind) }), encoding.kind);
  }
  while (!(await chunks.next()).done);
}

async function headOf(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let bytes = 0; bytes < HEAD_BYTES; ) {
    const next = await chunks.next();
    if (next.done === true) break;
    parts.push(next.value);
    bytes += next.value.length;
  }
  return Buffer.concat(parts);
}

async function* following(head: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}

/** The fewest first bytes by which the readers still tell what kind of file this is. */
function shortestSniffed(head: Buffer, code: string): Buffer {
  for (let bytes = 1; bytes < head.length; bytes++) {
    if (sniff(head.subarray(0, bytes))?.code === code) return head.subarray(0, bytes);
  }
  return head;
}

/** The same pattern of zeros, without what stands between them. */
const masked = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => (byte === 0 ? 0 : 0x78)));

async function* decoded(chunks: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  const decoder = iconv.getDecoder(encoding, { stripBOM: false });
  for await (const chunk of chunks) yield Buffer.from(decoder.write(chunk));
  const last = decoder.end();
  if (last) yield Buffer.from(last);
}

async function* encoded(chunks: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  const characters = iconv.getDecoder("utf-8", { stripBOM: false });
  for await (const chunk of chunks) yield iconv.encode(characters.write(chunk), encoding, { addBOM: false });
}
