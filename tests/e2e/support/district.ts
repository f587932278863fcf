import { buffer } from "node:stream/consumers";
import { fromBufferPromise } from "yauzl";
import type { DemoDelivery } from "@/server/cli/demo-district";
import { sampleDelivery } from "@/server/sources";
import { zipped } from "@/tests/intake/support";

type Wish = Parameters<typeof sampleDelivery>[0];

/** A generated district as its SIS would export it: one zip of OneRoster files. */
export async function districtZip(wish: Wish): Promise<Buffer> {
  return zipOf(districtFiles(wish));
}

/** The zip of a delivery's files. */
export const zipOf = (delivery: DemoDelivery): Promise<Buffer> => zipped(delivery.files.map(({ name, text }) => ({ name, content: text })));

/** The same as loose files. */
export function districtFiles(wish: Wish): DemoDelivery {
  const files = sampleDelivery(wish).map((file) => ({ name: file.name, text: [...file.chunks()].join("") }));
  return { day: "the day", kind: "full", files };
}

/** What a zip holds, unpacked by the library alone. */
export async function readZip(zip: Buffer): Promise<DemoDelivery> {
  const archive = await fromBufferPromise(zip);
  const files: { name: string; text: string }[] = [];
  for await (const entry of archive.eachEntry()) {
    files.push({ name: entry.fileName, text: (await buffer(await archive.openReadStreamPromise(entry))).toString() });
  }
  return { day: "the day", kind: "full", files };
}
