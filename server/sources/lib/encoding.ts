import { isUtf8 } from "node:buffer";
import iconv from "iconv-lite";
import type { DeliveryFile, Spool } from "../source";

/** How a file says that it is encoded, by its first bytes. */
export type Encoding =
  | { readonly kind: "utf-8"; readonly markBytes: number }
  | { readonly kind: "utf-16le" | "utf-16be"; readonly markBytes: number }
  /** Every second byte is zero and no mark says why. */
  | { readonly kind: "unknown" };

export function detectEncoding(head: Buffer): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return { kind: "utf-16le", markBytes: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { kind: "utf-16be", markBytes: 2 };
  let markBytes = 0;
  while (head[markBytes] === 0xef && head[markBytes + 1] === 0xbb && head[markBytes + 2] === 0xbf) markBytes += 3;
  const sample = head.subarray(markBytes, markBytes + 64);
  const zeros = sample.reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), 0);
  return zeros * 4 > sample.length ? { kind: "unknown" } : { kind: "utf-8", markBytes };
}

/** Offset of the first byte that is not UTF-8, or -1. `bytes` must begin and end between two characters. */
export function firstBadByte(bytes: Buffer): number {
  if (isUtf8(bytes)) return -1;
  // Halving finds the stretch; the last steps are read by hand.
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 16) {
    let middle = good + ((bad - good) >> 1);
    while (middle > good && ((bytes[middle] ?? 0) & 0xc0) === 0x80) middle -= 1;
    if (middle === good) break;
    if (isUtf8(bytes.subarray(good, middle))) good = middle;
    else bad = middle;
  }
  for (let at = good; at < bytes.length; ) {
    const length = sequenceLength(bytes[at] ?? 0);
    if (length === 0 || at + length > bytes.length || !isUtf8(bytes.subarray(at, at + length))) return at;
    at += length;
  }
  return bytes.length;
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

export const isKnownEncoding = (name: string): boolean => iconv.encodingExists(name);

/** Writes a file once more as UTF-8 into the spool, from `fromByte` on. Offsets and lines are those of the new file. */
export function convertToUtf8(file: DeliveryFile, from: { encoding: string; fromByte: number }, spool: Spool): Promise<DeliveryFile> {
  return spool.write(file.name, decoded(file, from));
}

async function* decoded(file: DeliveryFile, { encoding, fromByte }: { encoding: string; fromByte: number }): AsyncGenerator<Buffer> {
  const decoder = iconv.getDecoder(encoding, { stripBOM: false });
  for await (const chunk of file.read(fromByte)) yield Buffer.from(decoder.write(chunk));
  const last = decoder.end();
  if (last) yield Buffer.from(last);
}
