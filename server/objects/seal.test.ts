import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  FRAME_BYTES,
  frameCount,
  HEADER_BYTES,
  plainBytes,
  SEALED_FRAME_BYTES,
  type Seal,
  sealFor,
  sealFrames,
  unsealFrames,
} from "./seal";

const seal = sealFor({ institutionId: 1, key: "1/a" }, "words");
const content = randomBytes(3 * FRAME_BYTES);

describe("a sealed object", () => {
  test("gives back any range of what was written, however it was cut into chunks", async () => {
    const length = fc.constantFrom(0, 1, 100, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * FRAME_BYTES, 3 * FRAME_BYTES);
    await fc.assert(
      fc.asyncProperty(
        fc.record({ bytes: length, cut: fc.integer({ min: 1, max: 2 * FRAME_BYTES }), a: fc.nat(), b: fc.nat() }),
        async ({ bytes, cut, a, b }) => {
          const plain = content.subarray(0, bytes);
          const file = await sealedFile(plain, cut);
          expect(plainBytes(file.length)).toBe(bytes);
          const [from, to] = [Math.min(a, b) % (bytes + 1), Math.max(a, b) % (bytes + 1)];
          expect(await opened(file, { from, to }).then((part) => part.equals(plain.subarray(from, to)))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("does not open with another institution's key, under another name, or after a byte was altered", async () => {
    const file = await sealedFile(content.subarray(0, 70_000), 4096);
    await expect(opened(file, { seal: sealFor({ institutionId: 1, key: "1/a" }, "other words") })).rejects.toThrow();
    await expect(opened(file, { seal: sealFor({ institutionId: 1, key: "1/b" }, "words") })).rejects.toThrow();
    await expect(opened(file, { seal: sealFor({ institutionId: 2, key: "1/a" }, "words") })).rejects.toThrow();
    const altered = Buffer.from(file);
    altered[70_020] = (altered[70_020] ?? 0) ^ 1;
    await expect(opened(altered)).rejects.toThrow();
  });

  test("does not open when a frame is missing at its end or two frames change places", async () => {
    const file = await sealedFile(content, FRAME_BYTES);
    await expect(opened(file.subarray(0, HEADER_BYTES + 2 * SEALED_FRAME_BYTES))).rejects.toThrow();
    const frame = (index: number) =>
      file.subarray(HEADER_BYTES + index * SEALED_FRAME_BYTES, HEADER_BYTES + (index + 1) * SEALED_FRAME_BYTES);
    await expect(opened(Buffer.concat([file.subarray(0, HEADER_BYTES), frame(1), frame(0), frame(2)]))).rejects.toThrow();
  });

  test("never holds its content in clear", async () => {
    const file = await sealedFile(Buffer.from("sourcedId,password\n1,hunter2-canary\n"), 7);
    expect(file.includes("canary")).toBe(false);
    expect(file.includes("password")).toBe(false);
  });
});

async function sealedFile(plain: Buffer, cut: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of sealFrames(seal, cutInto(plain, cut))) parts.push(part);
  return Buffer.concat(parts);
}

async function* cutInto(plain: Buffer, cut: number): AsyncIterable<Buffer> {
  for (let at = 0; at < plain.length; at += cut) yield plain.subarray(at, at + cut);
}

async function opened(file: Buffer, how: { seal?: Seal; from?: number; to?: number } = {}): Promise<Buffer> {
  const parts: Buffer[] = [];
  const source = {
    frames: frameCount(file.length),
    header: async () => file.subarray(0, HEADER_BYTES),
    sealed: async (first: number, count: number) =>
      file.subarray(HEADER_BYTES + first * SEALED_FRAME_BYTES, HEADER_BYTES + (first + count) * SEALED_FRAME_BYTES),
    from: how.from ?? 0,
    to: how.to ?? plainBytes(file.length),
  };
  for await (const part of unsealFrames(how.seal ?? seal, source)) parts.push(part);
  return Buffer.concat(parts);
}
