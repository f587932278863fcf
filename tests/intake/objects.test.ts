import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newObjectKey, openSealed, removeObject, temporaryObjects, writeSealed } from "@/server/objects";
import { dataPlace } from "@/server/secrets";
import { searchData } from "./support";

async function* full(): AsyncGenerator<Buffer> {
  yield Buffer.from("some bytes fit");
  throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
}

async function* words(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

const unfinished = () => readdir(join(dataPlace(), "objects", "unfinished"));

test("when the storage is full it says so in words, and nothing is left of the object", async () => {
  const place = { institutionId: 1, key: newObjectKey(1) };
  await expect(writeSealed(place, full())).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: "The storage is full. Nothing was changed.",
  });
  await expect(openSealed(place)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await unfinished()).toEqual([]);
});

test("an object is written once, belongs to its institution, and is gone when removed", async () => {
  const place = { institutionId: 1, key: newObjectKey(1) };
  await writeSealed(place, words("kanarie"));
  await expect(writeSealed(place, words("another"))).rejects.toMatchObject({ code: "CONFLICT" });
  await expect(openSealed({ ...place, institutionId: 2 })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(openSealed({ institutionId: 1, key: "1/../../secret" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  await removeObject(place);
  await expect(openSealed(place)).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("what a reading spools is sealed while it lasts, and gone when it ends", async () => {
  const spool = temporaryObjects();
  const object = await spool.write("users.csv", words("kanarie on the way"));
  const parts: Buffer[] = [];
  for await (const part of object.read(3, 7)) parts.push(part);
  expect(Buffer.concat(parts).toString()).toBe("arie");
  expect(await unfinished()).toHaveLength(1);
  expect((await searchData(["kanarie"])).found).toEqual([]);
  await spool.close();
  expect(await unfinished()).toEqual([]);
});
