import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { keyFor, previousKeyFor } from "../secrets";

/**
 * How an object is sealed: frames of 64 KiB under AES-256-GCM, so that any part can be opened without the rest. A file is a
 * random salt and its frames; salt and institution's key give a key of its own, under which a frame's number is its nonce.
 * Institution, object key, frame number and "this is the last frame" are authenticated with it: a frame that was moved, swapped
 * with another institution's, cut off or altered does not open.
 */
export interface Seal {
  readonly institutionKey: Buffer;
  readonly boundTo: string;
}

export const FRAME_BYTES = 64 * 1024;
const TAG_BYTES = 16;
export const SEALED_FRAME_BYTES = FRAME_BYTES + TAG_BYTES;
/** The salt before the first frame. */
export const HEADER_BYTES = 16;
/** Frames that are sealed or opened at once: 1 MiB. */
const FRAMES_AT_ONCE = 16;

/** The seal of one object; with `passphrase`, of a temporary one that belongs to no institution. */
export function sealFor(place: { institutionId: number; key: string }, passphrase?: string): Seal {
  const institutionKey =
    passphrase === undefined ? keyFor(`institution:${place.institutionId}`) : Buffer.from(hkdfSync("sha256", passphrase, "", "spool", 32));
  return { institutionKey, boundTo: `${place.institutionId}\n${place.key}` };
}

/** The seal that the object had under the secret before this one; null: there is none. */
export function previousSealFor(place: { institutionId: number; key: string }): Seal | null {
  const institutionKey = previousKeyFor(`institution:${place.institutionId}`);
  return institutionKey === null ? null : { institutionKey, boundTo: `${place.institutionId}\n${place.key}` };
}

export const frameCount = (sealedBytes: number): number => Math.ceil((sealedBytes - HEADER_BYTES) / SEALED_FRAME_BYTES);

/** Bytes of the content in a sealed file of that size. */
export const plainBytes = (sealedBytes: number): number => sealedBytes - HEADER_BYTES - frameCount(sealedBytes) * TAG_BYTES;

/** Seals a stream: the salt, then frames, about 1 MiB at a time. */
export async function* sealFrames(seal: Seal, chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const salt = randomBytes(HEADER_BYTES);
  const key = objectKeyOf(seal, salt);
  let frame = 0;
  const ready: Buffer[] = [salt];
  // A full frame is sealed only when more bytes follow it: until then it may be the last.
  const open = Buffer.allocUnsafe(FRAME_BYTES);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      if (filled === FRAME_BYTES) {
        ready.push(sealed({ seal, key, frame: frame++, last: false }, open));
        filled = 0;
        if (ready.length >= FRAMES_AT_ONCE) yield Buffer.concat(ready.splice(0));
      }
      const copied = chunk.copy(open, filled, at, Math.min(chunk.length, at + FRAME_BYTES - filled));
      filled += copied;
      at += copied;
    }
  }
  ready.push(sealed({ seal, key, frame, last: true }, open.subarray(0, filled)));
  yield Buffer.concat(ready);
}

export interface SealedSource {
  readonly frames: number;
  readonly from: number;
  readonly to: number;
  header(): Promise<Buffer>;
  sealed(firstFrame: number, count: number): Promise<Buffer>;
}

/** Opens the frames that hold the bytes `from`…`to` and yields exactly those bytes. Throws when a frame does not open. */
export async function* unsealFrames(seal: Seal, source: SealedSource): AsyncIterable<Buffer> {
  const { from, to, frames } = source;
  if (from >= to) return;
  const key = objectKeyOf(seal, await source.header());
  const end = Math.ceil(to / FRAME_BYTES);
  for (let frame = Math.floor(from / FRAME_BYTES); frame < end; ) {
    const count = Math.min(FRAMES_AT_ONCE, end - frame);
    const bytes = await source.sealed(frame, count);
    for (let index = 0; index < count; index++, frame++) {
      const part = bytes.subarray(index * SEALED_FRAME_BYTES, (index + 1) * SEALED_FRAME_BYTES);
      const plain = unsealed({ seal, key, frame, last: frame === frames - 1 }, part);
      const start = frame * FRAME_BYTES;
      yield plain.subarray(Math.max(0, from - start), Math.min(plain.length, to - start));
    }
  }
}

interface Frame {
  readonly seal: Seal;
  readonly key: Buffer;
  readonly frame: number;
  readonly last: boolean;
}

function sealed(at: Frame, plain: Buffer): Buffer {
  const cipher = createCipheriv("aes-256-gcm", at.key, nonceOf(at.frame));
  cipher.setAAD(bindingOf(at));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function unsealed(at: Frame, part: Buffer): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", at.key, nonceOf(at.frame));
  decipher.setAAD(bindingOf(at));
  decipher.setAuthTag(part.subarray(part.length - TAG_BYTES));
  const plain = decipher.update(part.subarray(0, part.length - TAG_BYTES));
  decipher.final();
  return plain;
}

const objectKeyOf = (seal: Seal, salt: Buffer): Buffer => Buffer.from(hkdfSync("sha256", seal.institutionKey, salt, "object", 32));

function nonceOf(frame: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(frame, 8);
  return nonce;
}

const bindingOf = (at: Frame): Buffer => Buffer.from(`${at.seal.boundTo}\n${at.frame}\n${at.last ? "last" : "more"}`);
