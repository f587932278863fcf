import { createHash } from "node:crypto";
import { expect, test } from "@playwright/test";
import { createScene, signedInPerson } from "./support/scene";

test("sixty megabytes arrive whole through the real server", async () => {
  const scene = await createScene();
  const person = await signedInPerson(scene);
  const line = Buffer.from(`${"x".repeat(60)},Lakeside\n`);
  const body = Buffer.concat([Buffer.from("sourcedId,name\n"), Buffer.alloc(60 * 1024 * 1024, line)]);
  const { delivery, uploads } = await person.api.deliveries.begin.mutate({
    institution: scene.slug,
    feed: scene.feed,
    files: [{ name: "orgs.csv", bytes: body.length }],
  });
  const response = await person.request(uploads[0]?.url ?? "", { method: "PUT", body });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ bytes: body.length, digest: createHash("sha256").update(body).digest("hex") });
  const finished = await person.api.deliveries.finish.mutate({ institution: scene.slug, delivery });
  expect(finished).toMatchObject({ state: "ready", files: [{ name: "orgs.csv", bytes: body.length }] });
});

test("a transfer that breaks off leaves nothing, and the file can be sent again", async () => {
  const scene = await createScene();
  const person = await signedInPerson(scene);
  const body = Buffer.alloc(8 * 1024 * 1024, "a,b\n");
  const { delivery, uploads } = await person.api.deliveries.begin.mutate({
    institution: scene.slug,
    feed: scene.feed,
    files: [{ name: "orgs.csv", bytes: body.length }],
  });
  const url = uploads[0]?.url ?? "";
  const aborted = new AbortController();
  let isHalfSent = false;
  const half = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (isHalfSent) aborted.abort();
      else controller.enqueue(body.subarray(0, body.length / 2));
      isHalfSent = true;
    },
  });
  const options = { method: "PUT", body: half, duplex: "half", signal: aborted.signal };
  await expect(person.request(url, options)).rejects.toThrow();
  expect(await person.api.deliveries.get.query({ institution: scene.slug, delivery })).toMatchObject({ files: [{ finishedAt: null }] });
  expect((await person.request(url, { method: "PUT", body })).status).toBe(200);
});
