import { afterEach, expect, test, vi } from "vitest";

const [OLD, NEW] = ["the secret of last year, long enough to be one", "the secret of this year, long enough to be one"];

afterEach(() => vi.unstubAllEnvs());

/** The modules as a process with these secrets has them. */
async function processWith(secret: string, previous: string | undefined) {
  vi.stubEnv("ROLLCALL_SECRET", secret);
  vi.stubEnv("ROLLCALL_PREVIOUS_SECRET", previous);
  vi.resetModules();
  return { secrets: await import("@/server/secrets"), objects: await import("@/server/objects") };
}

async function* chunks(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

const textOf = async (object: { read(): AsyncIterable<Buffer> }): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of object.read()) parts.push(part);
  return Buffer.concat(parts).toString();
};

test("what was sealed under the secret before opens beside the new one, is sealed anew, and opens without the old one then", async () => {
  const words = "0123456789".repeat(20_000);
  const before = await processWith(OLD, undefined);
  const place = { institutionId: 7, key: before.objects.newObjectKey(7) };
  await before.objects.writeSealed(place, chunks(Buffer.from(words)));
  const sealed = before.secrets.sealText("feed field:7:1:secret", "kept");

  const during = await processWith(NEW, OLD);
  expect(during.secrets.sealedUnder("feed field:7:1:secret", sealed)).toBe("previous");
  expect(during.secrets.openText("feed field:7:1:secret", sealed)).toBe("kept");
  expect(await during.objects.objectSealedUnder(place)).toBe("previous");
  const reader = await during.objects.openSealed(place);
  expect(await textOf(reader)).toBe(words);
  await during.objects.resealObject(place);
  // Whoever opened it before reads on.
  expect(await textOf(reader)).toBe(words);
  expect(await during.objects.objectSealedUnder(place)).toBe("current");

  const after = await processWith(NEW, undefined);
  expect(await textOf(await after.objects.openSealed(place))).toBe(words);
  expect(after.secrets.sealedUnder("feed field:7:1:secret", sealed)).toBe("neither");
  expect(() => after.secrets.openText("feed field:7:1:secret", sealed)).toThrow();
  await after.objects.removeObject(place);
});
