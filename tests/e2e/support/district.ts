import { buffer } from "node:stream/consumers";
import { fromBufferPromise } from "yauzl";
import type { DemoDelivery } from "@/server/cli/demo-district";
import { sampleDelivery } from "@/server/sources";
import { zipped } from "@/tests/intake/support";

type Alterations = Parameters<typeof sampleDelivery>[0]["alterations"];

/** A generated district as its SIS would export it: one zip of OneRoster files. */
export async function districtZip(wish: { seed: number; students: number; alterations?: Alterations }): Promise<Buffer> {
  return zipped(districtFiles(wish).files.map(({ name, text }) => ({ name, content: text })));
}

/** The same as loose files. */
export function districtFiles(wish: Parameters<typeof sampleDelivery>[0]): DemoDelivery {
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
